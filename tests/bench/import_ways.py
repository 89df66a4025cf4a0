"""A large COCO file read in several ways, each in a process of its own:
`python -m tests.bench.import_ways WAY FOLDER [N]`.

`file` writes FOLDER/coco.json with N objects, 100 to a picture. `validate`, `stats` and `convert` are those commands of
`python -m export`; `plain` is what a script does: `json.load` and pycocotools' area of each mask. All print seconds
of the processor, peak memory and the objects.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from tests.bench.export_ways import HEIGHT, PER_IMAGE, SHAPES, WIDTH, shapes


def file(place: Path, count: int) -> int:
    """Write the document as a stream."""
    masks = shapes()
    with place.open("w") as out:
        out.write('{"images": [')
        for number in range(1, (count + PER_IMAGE - 1) // PER_IMAGE + 1):
            image = {"id": number, "file_name": f"photo {number}.jpg", "width": WIDTH, "height": HEIGHT}
            out.write(",\n" * (number > 1) + json.dumps(image))
        out.write('],\n"categories": ' + json.dumps([{"id": n, "name": f"label {n}"} for n in range(1, 6)]))
        out.write(',\n"annotations": [')
        for number in range(1, count + 1):
            mask = masks[number % SHAPES]
            entry = {
                "id": number, "image_id": (number - 1) // PER_IMAGE + 1, "category_id": 1 + number % 5,
                "segmentation": mask["rle"], "area": mask["area"], "bbox": mask["bbox"], "iscrowd": 0,
            }  # fmt: skip
            out.write(",\n" * (number > 1) + json.dumps(entry))
        out.write("]}")
    return count


def command(*words: str) -> int:
    """Run a command of the library; returns the objects of the file."""
    from export.cli import main

    with redirect_stdout(StringIO()) as said:
        if main(list(words)) != 0:
            raise SystemExit(said.getvalue())
    return int(said.getvalue().split(" objects")[0].split()[-1])


def plain(place: Path) -> int:
    """What a script does."""
    from pycocotools import mask as coco

    with place.open() as source:
        document = json.load(source)
    return sum(int(coco.area(entry["segmentation"])) > 0 for entry in document["annotations"])


def main(way: str, folder: str, count: str = "") -> None:
    """Print seconds of the processor, peak memory in MB and objects as JSON."""
    place = Path(folder) / "coco.json"
    target = Path(folder) / "converted.zip"
    ways: dict[str, Callable[[], int]] = {
        "file": lambda: file(place, int(count)),
        "plain": lambda: plain(place),
        "validate": lambda: command("validate", str(place)),
        "stats": lambda: command("stats", str(place)),
        "convert": lambda: command("convert", str(place), str(target), "--to", "coco"),
    }
    began = time.process_time()
    objects = ways[way]()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.process_time() - began, "peak_mb": peak, "objects": objects}))


if __name__ == "__main__":
    main(*sys.argv[1:])

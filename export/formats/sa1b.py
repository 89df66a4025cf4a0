"""SA-1B: one JSON file per picture, as Segment Anything's own data set has it. No categories.

- `bbox` is [x, y, w, h] with w = xmax - xmin, one less than COCO's: the official generator writes it so.
- `predicted_iou` and `stability_score` are numbers in the original. A mask nobody scored carries null, not an
  invented number.
- `crop_box` is the part of the picture the mask was found in: the whole picture unless known.
- `point_coords` are the prompting points, [] when there were none.
- Beyond the original: `maskwright` with the object's own id, its stage, and whether it is only a suggestion.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import DEFAULT, Format, Report, WriteOptions, add_images, is_writable, with_progress

FOLDER = "sa1b"


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes sa1b/<picture>.json for every picture, and the pictures beside them when asked for.

    Instances must come grouped by image, images in the same order (as `validate` checks)."""
    report = Report()
    groups = groupby(with_progress(dataset, options), key=lambda instance: instance.image_id)
    pending = next(groups, None)
    for image in dataset.images:
        found: Iterator[Instance] = iter(())
        if pending is not None and pending[0] == image.id:
            found = pending[1]
        entries = [_annotation(item, image) for item in found if is_writable(item, report, needs_category=False)]
        if pending is not None and pending[0] == image.id:
            pending = next(groups, None)
        archive.add_json(f"{FOLDER}/{_stem(image)}.json", {"image": _image(image), "annotations": entries})
        report.images += 1
        report.instances += len(entries)
    add_images(dataset, archive, options, FOLDER)
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, file by file."""
    for path in archive.paths():
        if path.startswith(f"{FOLDER}/") and path.endswith(".json"):
            document = archive.json(path)
            height, width = document["image"]["height"], document["image"]["width"]
            for entry in document["annotations"]:
                yield entry["id"], rle.validate(entry["segmentation"], height, width)


FORMAT = Format(
    "sa1b", "SA-1B", "Segment Anything's own layout: one JSON file per picture, no labels.", write, replay
)


def _stem(image: ImageRecord) -> str:
    """`photo.jpg` and `photo.png` may live side by side, so the extension stays unless it is the usual one."""
    path = PurePosixPath(image.file_name)
    return path.stem if path.suffix.lower() == ".jpg" else path.name


def _image(image: ImageRecord) -> dict[str, Any]:
    return {"image_id": image.id, "width": image.width, "height": image.height, "file_name": image.file_name}


def _annotation(instance: Instance, image: ImageRecord) -> dict[str, Any]:
    x, y, width, height = rle.bbox(instance.rle)
    entry = {
        "id": instance.id,
        "segmentation": instance.rle.to_json(),
        "bbox": [x, y, width - 1, height - 1],
        "area": rle.area(instance.rle),
        "predicted_iou": instance.predicted_iou,
        "stability_score": instance.stability_score,
        "crop_box": list(instance.crop_box or (0, 0, image.width, image.height)),
        "point_coords": [list(point) for point in instance.point_coords],
    }
    if instance.key:
        entry["maskwright"] = {"id": instance.key, "stage": instance.stage, "suggestion": instance.suggested}
    return entry

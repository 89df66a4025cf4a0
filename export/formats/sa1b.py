"""SA-1B: one JSON file per image, as Segment Anything's own data set has it. No categories.

- `bbox` is [x, y, w, h] with w = xmax - xmin, one less than COCO's: the official generator writes it so.
- `predicted_iou` and `stability_score` are numbers in the original. A mask nobody scored carries null, not an
  invented number.
- `crop_box` is the part of the image the mask was found in: the whole image unless known.
- `point_coords` are the prompting points, [] when there were none.
- Beyond the original: `maskwright` with the object's own id, its stage, whether it is only a suggestion, and what else
  the data set knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from export import rle
from export.archive import ArchiveReader, ArchiveWriter
from export.dataset import Dataset, ImageRecord, Instance
from export.formats.base import (
    DEFAULT,
    Format,
    Report,
    WriteOptions,
    add_images,
    beside,
    image_name,
    is_writable,
    stems_of,
    with_progress,
)
from export.formats.own import of_image, of_instance
from export.formats.sa1b_reader import read_sa1b

FOLDER = "sa1b"
RULES = {"labels": "The format has no labels; objects come without.", "attributes": "Attributes are left out."}
OWN = frozenset({"boxes", "crowds", "stacking", "tags", "splits"})


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes sa1b/<image>.json for every image, and the images beside them when asked for.

    Instances must come grouped by image, images in the same order (as `validate` checks)."""
    report = Report(RULES)
    stems = stems_of(dataset)
    groups = groupby(with_progress(dataset, options), key=lambda instance: instance.image_id)
    pending = next(groups, None)
    for image in dataset.images:
        found: Iterator[Instance] = iter(())
        if pending is not None and pending[0] == image.id:
            found = pending[1]
        entries = [_annotation(item, image) for item in found if is_writable(item, report, needs_category=False)]
        if pending is not None and pending[0] == image.id:
            pending = next(groups, None)
        archive.add_json(
            f"{FOLDER}/{stems[image.id]}.json", {"image": _image(image, stems[image.id]), "annotations": entries}
        )
        report.add_image(image)
        report.instances += len(entries)
    add_images(dataset, archive, options, beside(FOLDER, stems))
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, file by file."""
    for path in archive.paths():
        if path.startswith(f"{FOLDER}/") and path.endswith(".json"):
            document = archive.json(path)
            height, width = document["image"]["height"], document["image"]["width"]
            for entry in document["annotations"]:
                yield entry["id"], rle.unread(entry["segmentation"], height, width)


FORMAT = Format(
    "sa1b",
    "SA-1B",
    "Segment Anything's own layout: one JSON file per picture, no labels.",
    write,
    replay,
    read_sa1b,
    RULES,
    OWN,
    lists_labels=False,
)


def _image(image: ImageRecord, stem: str) -> dict[str, Any]:
    name = image_name(image, stem)
    entry = {"image_id": image.id, "width": image.width, "height": image.height, "file_name": name}
    own = of_image(image) | ({"split": image.split} if image.split else {})
    own |= {} if name == image.file_name else {"number": image.id, "file_name": image.file_name}
    return entry | ({"maskwright": own} if own else {})


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
    own = {name: value for name, value in of_instance(instance).items() if name in {"box", "crowd"}}
    if instance.z_order:
        own["z_order"] = instance.z_order
    if instance.key:
        own |= {"id": instance.key, "stage": instance.stage, "suggestion": instance.suggested}
    return entry | ({"maskwright": own} if own else {})

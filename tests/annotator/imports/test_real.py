"""Real photos with COCO's own masks: in, and out again, nothing another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from annotator.annotations.models import Annotation
from tests.annotator.imports.conftest import Importing, zipped
from tests.annotator.imports.test_import import essence, exported

pytestmark = pytest.mark.slow

SET = "coco-inst-open"
PHOTOS = 25
"""Of the 80 with 778 masks, all of which come out identical, too; these are quicker."""


def real_set(folder: Path) -> tuple[bytes, list[Any]]:
    """A COCO archive of the photos with their masks, and what it says: image, label, run lengths, attributes."""
    rows = [json.loads(line) for line in (folder / SET / "annotations.jsonl").read_text().splitlines()]
    rows = sorted(rows, key=lambda row: str(row["image"]))[:PHOTOS]
    names = sorted({mask.get("label", "thing") for row in rows for mask in row["masks"]})
    images, annotations, said = [], [], []
    files: dict[str, bytes | str] = {}
    for number, row in enumerate(rows, start=1):
        name = Path(row["image"]).name
        images.append({"id": number, "file_name": name, "width": row["width"], "height": row["height"]})
        files[f"val2017/{name}"] = (folder / SET / "images" / name).read_bytes()
        for mask in row["masks"]:
            label, about = mask.get("label", "thing"), {"source": mask["source"], "number": len(annotations)}
            annotations.append(
                {
                    "id": len(annotations) + 1, "image_id": number, "category_id": names.index(label) + 1,
                    "segmentation": mask["rle"], "iscrowd": 0, "attributes": about,
                }
            )  # fmt: skip
            said.append((name, label, mask["rle"]["counts"], about))
    categories = [{"id": at, "name": name} for at, name in enumerate(names, start=1)]
    document = {"images": images, "annotations": annotations, "categories": categories}
    return zipped({"annotations/instances_val.json": json.dumps(document)} | files), said


@pytest.mark.any_database
def test_real_coco_masks_go_in_and_come_out_identical(importing: Importing, data_folder: Path) -> None:
    file, said = real_set(data_folder)
    done = importing.bring(file, "real.zip")
    assert importing.problems(done["id"]) == []
    assert done["result"]["made"]["annotation"] == Annotation.objects.count() == len(said)
    found = exported(importing)
    labels = {name.casefold(): name for _, name, _, _ in said}
    assert [
        (image, labels.get(label.casefold(), label), counts, about) for image, label, counts, about in essence(found)
    ] == said
    again = importing.bring(file, "again.zip")
    assert again["result"]["there"] == len(said)
    assert sum(again["result"]["made"].values()) == 0
    importing.do(done["id"], "undo")
    assert not Annotation.objects.filter(deleted_at=None).exists()

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from pycocotools import mask as masks

from export import Dataset, rle
from export.formats import sa1b


def test_there_is_one_file_per_picture_in_the_original_layout(
    write_archive: Callable[..., Any], dataset: Dataset
) -> None:
    scored = dataclasses.replace(
        dataset.instances[0], predicted_iou=0.93, stability_score=0.97, point_coords=((20.5, 15.0),)
    )
    archive, report = write_archive(sa1b.write, dataclasses.replace(dataset, instances=(scored,)))
    assert archive.paths()[:2] == ["sa1b/größe 😀.json", "sa1b/b.json"]
    document = archive.json("sa1b/größe 😀.json")
    assert document["image"].pop("maskwright") == {"id": "image-1", "sha256": "1" * 64}
    assert document["image"] == {"image_id": 1, "width": 41, "height": 30, "file_name": "größe 😀.jpg"}
    (entry,) = document["annotations"]
    mask = rle.decode(scored.rle)
    rows, columns = np.nonzero(mask)
    assert entry.pop("maskwright") == {"id": scored.key, "stage": scored.stage, "suggestion": False}
    assert entry == {
        "id": 1,
        "segmentation": {"size": [30, 41], "counts": scored.rle.counts},
        "bbox": [columns.min(), rows.min(), np.ptp(columns), np.ptp(rows)],
        "area": mask.sum(),
        "predicted_iou": 0.93,
        "stability_score": 0.97,
        "crop_box": [0, 0, 41, 30],
        "point_coords": [[20.5, 15.0]],
    }
    assert archive.json("sa1b/b.json")["annotations"] == []
    assert (report.images, report.instances) == (2, 1)


def test_pycocotools_decodes_every_mask(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    archive, report = write_archive(sa1b.write, dataset)
    entries = [entry for path in archive.paths()[:2] for entry in archive.json(path)["annotations"]]
    assert len(entries) == report.instances == len(dataset.instances)
    for entry, instance in zip(entries, dataset.instances, strict=True):
        assert (masks.decode(entry["segmentation"]).astype(bool) == rle.decode(instance.rle)).all()
        assert entry["predicted_iou"] is None


def test_replaying_gives_every_mask(write_archive: Callable[..., Any], dataset: Dataset) -> None:
    archive, _ = write_archive(sa1b.write, dataset)
    assert list(sa1b.replay(archive)) == [(instance.id, instance.rle) for instance in dataset.instances]

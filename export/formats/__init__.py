"""The registry of formats. To add one: a module with a `FORMAT`, a line here, a test beside the others."""

from __future__ import annotations

from export.formats import (
    cityscapes,
    coco,
    csv_table,
    cutouts,
    cvat,
    darwin,
    datumaro,
    fiftyone,
    imagefolder,
    instance_png,
    labelme,
    labelstudio,
    mots,
    panoptic,
    parquet,
    sa1b,
    semantic,
    supervisely,
    voc,
    yolo,
    yolo_detection,
)
from export.formats.base import Format, Loss, Report, WriteOptions

__all__ = ["FORMATS", "Format", "Loss", "Report", "WriteOptions"]

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (
        coco, yolo, yolo_detection, voc, panoptic, labelme, sa1b, cvat, labelstudio, datumaro, supervisely,
        darwin, fiftyone, semantic, instance_png, mots, cityscapes, csv_table, imagefolder, parquet, cutouts,
    )
}  # fmt: skip

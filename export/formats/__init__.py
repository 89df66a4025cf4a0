"""The registry of formats. To add one: a module with a `FORMAT`, a line here, a test beside the others."""

from __future__ import annotations

from export.formats import coco, labelme, panoptic, sa1b, voc, yolo
from export.formats.base import Format, Loss, Report, WriteOptions

__all__ = ["FORMATS", "Format", "Loss", "Report", "WriteOptions"]

FORMATS: dict[str, Format] = {
    module.FORMAT.name: module.FORMAT for module in (coco, yolo, voc, panoptic, labelme, sa1b)
}

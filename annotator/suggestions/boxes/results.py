"""The masks of a run as a file: COCO results with RLE, in the order of the boxes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from annotator.lib.errors import Conflict
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.suggestions.models import BoxMask, BoxPrompts
from export.rle import Rle, bbox

_CHUNK = 500


def check(run: Run) -> BoxPrompts:
    """Return the run's boxes. Raises Conflict where its masks are suggestions, or are not made yet."""
    prompts = BoxPrompts.objects.filter(run=run).first()
    if prompts is None or not prompts.as_file:
        raise Conflict("no_file", "The masks of these boxes became suggestions; there is no file of them.")
    if run.state != State.SUCCEEDED:
        raise Conflict("not_ready", "These masks are not made yet. Ask again when the run has ended.")
    return prompts


def lines(prompts: BoxPrompts) -> Iterator[str]:
    """The file's text, piece by piece."""
    boxes = {box["number"]: box for found in prompts.boxes.values() for box in found}
    rows = BoxMask.objects.filter(prompts=prompts, image__deleted_at=None).select_related("image")
    separator = "[\n"
    for row in rows.order_by("number").iterator(chunk_size=_CHUNK):
        yield separator + json.dumps(_result(row, boxes[row.number]))
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def _result(row: BoxMask, box: dict[str, Any]) -> dict[str, Any]:
    return {
        "image_id": row.image.path if box["image_id"] is None else box["image_id"],
        "file_name": row.image.path,
        "category_id": box["category_id"],
        "category": box["category"],
        "bbox": [float(side) for side in bbox(Rle.from_json(row.rle))],
        "segmentation": row.rle,
        "score": box["score"],
        "predicted_iou": row.predicted_iou,
    }

"""Suggestions on one image, as a search would have left them: run inside the app by `manage.py shell`."""

from __future__ import annotations

import json
from pathlib import Path

from pycocotools import mask as coco

from annotator.projects.models import Image
from annotator.suggestions.models import Search, Suggestion

AT_ONCE = 500
SURE, UNSURE = 0.95, 0.6
"""Predicted IoU above and below every threshold there is."""


def store(image_id: str, masks: Path, confident: int) -> None:
    """Store the masks of a JSON file as suggestions; the first `confident` of them are."""
    image = Image.objects.get(pk=image_id)
    version = image.project.model_version
    assert version is not None
    rows = json.loads(masks.read_text())
    search = Search.objects.create(image=image, model_version=version, found=len(rows), kept=len(rows))
    whole = [0, 0, image.width, image.height]
    suggestions = [
        Suggestion(
            image=image, search=search, model_version=version, rank=rank, rle=mask, bbox=box, area=area, crop_box=whole,
            predicted_iou=SURE if rank < confident else UNSURE, stability_score=SURE, point=[box[0], box[1]],
        )
        for rank, (mask, box, area) in enumerate((mask, *_measures(mask)) for mask in rows)
    ]  # fmt: skip
    Suggestion.objects.bulk_create(suggestions, AT_ONCE)


def _measures(mask: dict[str, object]) -> tuple[list[int], int]:
    """[x, y, w, h] and pixels."""
    return [round(side) for side in coco.toBbox(mask)], int(coco.area(mask))

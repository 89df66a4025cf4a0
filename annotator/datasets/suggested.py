"""Suggestions in an export, when they are asked for: masks of the fully automatic stage, taken as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from annotator.annotations.choices import Stage, Status
from annotator.datasets.lines import raw
from annotator.projects.models import Project
from annotator.suggestions.choices import State
from annotator.suggestions.known import Known, masks_of
from annotator.suggestions.models import Suggestion
from annotator.suggestions.parameters import Use
from export.spans import Spans

NOT_REVISED = 0
"""Stands where an annotation has its revision: a suggestion is never changed, only decided on."""
SUGGESTED = "suggestion"
"""Category of what nobody has judged, and so nobody has named: no format mixes it with what people made."""
_COLUMNS = (
    "id", "image_id", "rank", "rle", "bbox", "model_version_id", "predicted_iou", "stability_score", "point",
    "crop_box",
)  # fmt: skip
_CHUNK = 500


def suggested_rows(project: Project) -> Iterator[dict[str, Any]]:
    """Yield the project's pending suggestions as snapshot rows, by image in the images' order, best first."""
    pending = Suggestion.objects.filter(image__project=project, image__copy_of=None, state=State.PENDING)
    ordered = pending.order_by("image__place", "image_id", "rank", "id")
    for row in ordered.values(*_COLUMNS).iterator(_CHUNK):
        yield _as_annotation(row)


def without_repetitions(suggested: list[dict[str, Any]], accepted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out suggestions that an accepted object of the same image, of which the stored mask is given, repeats."""
    known, use = Known(masks_of(accepted)), Use()
    return [row for row in suggested if not _repeats(row, known, use)]


def is_suggested(row: Mapping[str, Any]) -> bool:
    """Tell whether a row of a snapshot is only a suggestion."""
    return bool(row["revision"] == NOT_REVISED)


def suggested_masks(keys: Iterable[str]) -> dict[str, str]:
    """Return the stored mask, as JSON, of each of these (ids in hex) that still is a suggestion."""
    wanted = list(keys)
    if not wanted:
        return {}
    rows = Suggestion.objects.filter(pk__in=wanted, state=State.PENDING).values_list("pk", raw("rle"))
    return {pk.hex: mask for pk, mask in rows}


def _repeats(row: dict[str, Any], known: Known, use: Use) -> bool:
    (mask,) = masks_of([row["rle"]])
    x, y, width, height = row["bbox"]
    return known.covers(Spans.of(mask), (x, y, width, height), iou=use.avoid_iou, inside=use.avoid_inside)


def _as_annotation(row: dict[str, Any]) -> dict[str, Any]:
    x, y = row["point"]
    prompt = {"points": [{"x": x, "y": y, "label": 1}], "box": None, "crop_box": row["crop_box"]}
    kept = {name: value for name, value in row.items() if name not in {"rank", "point", "crop_box"}}
    return kept | {
        "label_id": None,
        "attributes": {},
        "stage": Stage.FULLY_AUTOMATIC.value,
        "status": Status.OPEN.value,
        "prompts": [prompt],
        # Under everything a person made; the best of them on top.
        "z_order": -1 - row["rank"],
        "revision": NOT_REVISED,
    }

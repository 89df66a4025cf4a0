"""What a suggestion that was carried here says about the object it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from annotator.suggestions.decide.proposals import Proposal
from annotator.suggestions.models import Carried, Suggestion

WITH_ORIGIN = "carried__trail__source"
"""For select_related: without it every row costs queries."""


def origin_of(row: Suggestion) -> Carried | None:
    """Return where the suggestion was carried from; None when it was not."""
    carried: Carried | None = getattr(row, "carried", None)
    return carried


def origin_json(row: Suggestion) -> dict[str, Any] | None:
    """Return the source object's id (None: somebody only pointed at it), the image where its way began, the images
    passed since, how sure it is, and its track."""
    carried = origin_of(row)
    if carried is None:
        return None
    source = carried.trail.source
    return {
        "source": None if source is None else str(source.pk),
        "image": carried.trail.prompts[0]["image"] if source is None else str(source.image_id),
        "step": carried.step,
        "confidence": round(carried.confidence, 3),
        "track": carried.trail.track,
    }


def track_of(row: Suggestion) -> int | None:
    """Return the track of a suggestion that was followed to its image."""
    carried = origin_of(row)
    return None if carried is None else carried.trail.track


def prompt_of(row: Suggestion) -> dict[str, Any]:
    """Return what an accepted object's prompt says of it, as the editor writes it when it carries an object itself."""
    carried = origin_of(row)
    if carried is None:
        return {}
    sure = {"confidence": round(carried.confidence, 3)}
    if carried.trail.source_id is not None:
        return {"from": str(carried.trail.source_id)} | sure
    here = (prompt for prompt in carried.trail.prompts if prompt["image"] == str(row.image_id))
    return sure | {name: prompt[name] for prompt in here for name in ("points", "box")}


def labels_of(rows: Iterable[Suggestion]) -> dict[Any, Proposal]:
    """Return, by suggestion, the label its object has now, or that was asked for; objects without one propose none."""
    origins = ((row.pk, origin_of(row)) for row in rows)
    labels = ((pk, origin.trail.proposed, origin.confidence) for pk, origin in origins if origin is not None)
    return {pk: Proposal(label, round(confidence, 3)) for pk, label, confidence in labels if label is not None}

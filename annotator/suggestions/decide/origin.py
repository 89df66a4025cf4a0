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
    """Return the source object's id and image, the images passed since, how sure it is, and its track."""
    carried = origin_of(row)
    if carried is None:
        return None
    source = carried.trail.source
    return {
        "source": str(source.pk),
        "image": str(source.image_id),
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
    return {} if carried is None else {"from": str(carried.trail.source_id), "confidence": round(carried.confidence, 3)}


def labels_of(rows: Iterable[Suggestion]) -> dict[Any, Proposal]:
    """Return, by suggestion, the label its object has now; objects without label propose none."""
    origins = ((row.pk, origin_of(row)) for row in rows)
    return {
        pk: Proposal(origin.trail.source.label_id, round(origin.confidence, 3))
        for pk, origin in origins
        if origin is not None and origin.trail.source.label_id is not None
    }

"""Tracks along the images around one: where each object is drawn, where it is suggested, where it was lost."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Coalesce

from annotator.accounts.access import Person
from annotator.annotations.models import Annotation
from annotator.projects.models import Image
from annotator.suggestions.carry.order import after
from annotator.suggestions.carry.tracks import NAME, track_of
from annotator.suggestions.choices import State
from annotator.suggestions.models import Suggestion, Trail

SPAN = 300
"""Images on either side."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A track on an image: `kind` is "object", "suggested" or "lost"; `confidence` is the model's, `reason` is why it
    was lost."""

    at: int
    kind: str
    confidence: float | None = None
    reason: str = ""


@dataclass(slots=True)
class Track:
    """An object along the images, `cells` by their place."""

    number: int
    label: uuid.UUID | None = None
    cells: dict[int, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Images in order, the place of the one that was asked about, tracks by number."""

    images: list[Image]
    here: int
    tracks: list[Track]


def around(user: Person, image: Image, span: int = SPAN) -> Timeline:
    """Return the tracks on an image and up to `span` before and behind it."""
    before = list(after(user, image, span, backwards=True))
    images = [*reversed(before), image, *after(user, image, span)]
    places = {one.pk: place for place, one in enumerate(images)}
    tracks: dict[int, Track] = {}
    # What people drew counts more than what was suggested, and that more than where it was lost.
    for number, label, cell in [*_lost(places), *_suggested(places), *_drawn(places)]:
        track = tracks.setdefault(number, Track(number))
        track.label = label or track.label
        track.cells[cell.at] = cell
    return Timeline(images, len(before), [tracks[number] for number in sorted(tracks)])


_Rows = list[tuple[int, uuid.UUID | None, Cell]]


def _drawn(places: dict[uuid.UUID, int]) -> _Rows:
    live = Annotation.objects.filter(image__in=places, deleted_at=None, attributes__has_key=NAME)
    rows: Any = live.order_by().values_list("image_id", "label_id", "attributes")
    named = ((image, label, track_of(attributes)) for image, label, attributes in rows)
    return [(track, label, Cell(places[image], "object")) for image, label, track in named if track is not None]


def _label(trail: str = "") -> Coalesce:
    return Coalesce(f"{trail}source__label_id", f"{trail}label_id")


def _suggested(places: dict[uuid.UUID, int]) -> _Rows:
    pending = Suggestion.objects.filter(image__in=places, state=State.PENDING, carried__trail__track__isnull=False)
    rows: Any = pending.order_by().values_list(
        "image_id", "carried__trail__track", _label("carried__trail__"), "carried__confidence"
    )
    return [(track, label, Cell(places[image], "suggested", round(sure, 3))) for image, track, label, sure in rows]


def _lost(places: dict[uuid.UUID, int]) -> _Rows:
    """Where walks ended, the last one of each track alone: an earlier one's end was mended or passed since."""
    trails = Trail.objects.filter(track__isnull=False, lost_in__in=places)
    rows: Any = trails.order_by("run__created", "id").values_list(
        "track", "lost_in_id", _label(), "confidence", "reason"
    )
    ends = {track: (image, label, sure, reason) for track, image, label, sure, reason in rows}
    return [
        (track, label, Cell(places[image], "lost", None if sure is None else round(sure, 3), reason))
        for track, (image, label, sure, reason) in ends.items()
    ]

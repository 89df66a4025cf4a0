"""The paper's audit (§4, "Mask quality") for a project: a random sample of its suggestions, judged by people.

Kirillov et al. had professional annotators correct all masks of a random sample of images and compared pairs: 94 % had
an IoU above 0.9, 97 % above 0.75. Here single masks are drawn. A mask accepted as it is counts with IoU 1, a corrected
one with the IoU of suggestion and object, a rejected one with 0, for no correction would have saved it.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from heapq import nsmallest

from annotator.accounts.access import Person
from annotator.projects.models import Image, Project
from annotator.projects.models.image import on_images_of
from annotator.projects.queries import seen
from annotator.suggestions import queries
from annotator.suggestions.choices import State
from annotator.suggestions.decide.origin import WITH_ORIGIN
from annotator.suggestions.decide.report import interval
from annotator.suggestions.known import Known, masks_of
from annotator.suggestions.models import Suggestion
from annotator.suggestions.parameters import read
from export import rle

GOOD = 0.9


@dataclass(frozen=True, slots=True)
class Judged:
    """A drawn suggestion, and the IoU with what people made of it; None while nobody has judged it."""

    suggestion: Suggestion
    iou: float | None


@dataclass(frozen=True, slots=True)
class Audit:
    """A sample, and what it says of all suggestions of the project."""

    sample: list[Judged]
    population: int

    @property
    def ious(self) -> list[float]:
        """IoUs of those that were judged."""
        return [item.iou for item in self.sample if item.iou is not None]

    @property
    def good(self) -> int:
        """How many of the judged ones have an IoU above 0.9."""
        return sum(iou > GOOD for iou in self.ious)

    @property
    def share(self) -> float | None:
        """Share of good ones among those judged."""
        return round(self.good / len(self.ious), 4) if self.ious else None

    @property
    def interval(self) -> list[float] | None:
        """Its 95 % interval."""
        return interval(self.good, len(self.ious))


def audit_of(user: Person, project: Project, size: int, seed: str) -> Audit:
    """Draw `size` of the suggestions that this person sees in a project, judged or not, and look what became of them.

    The draw depends on the suggestions' ids and the seed alone, so judging one does not change the sample; a new
    search, which replaces suggestions nobody has judged, does. Merged suggestions are left out: the object they became
    says nothing of each alone. So are accepted ones whose object was deleted since, pending ones that another object
    has made superfluous, and what was carried over from another image."""
    rows = Suggestion.objects.filter(on_images_of(project), carried=None)
    rows = seen(user, rows, "image")
    keys = list(rows.values_list("pk", flat=True))
    chosen = nsmallest(size, keys, key=lambda pk: draw(seed, pk))
    drawn = rows.select_related("search", "annotation", "image", WITH_ORIGIN).in_bulk(chosen)
    merged = _merged(drawn)
    accepted = cache(queries.accepted_on)
    sample = [_judged(drawn[pk], accepted) for pk in chosen if pk in drawn and pk not in merged]
    return Audit([item for item in sample if item is not None], len(keys))


def draw(seed: str, pk: uuid.UUID) -> bytes:
    """Return a suggestion's place in the drawing."""
    return hashlib.sha256(f"{seed}:{pk}".encode()).digest()


def _merged(drawn: dict[uuid.UUID, Suggestion]) -> set[uuid.UUID]:
    objects = [row.annotation_id for row in drawn.values() if row.annotation_id is not None]
    counts: dict[uuid.UUID, int] = {}
    for key in Suggestion.objects.filter(annotation__in=objects).values_list("annotation_id", flat=True):
        if key is not None:
            counts[key] = counts.get(key, 0) + 1
    return {pk for pk, row in drawn.items() if row.annotation_id is not None and counts[row.annotation_id] > 1}


def _judged(row: Suggestion, accepted_on: Callable[[Image], Known]) -> Judged | None:
    if row.state == State.PENDING:
        use = read(row.search.params).use
        return None if queries.repeats(row, accepted_on(row.image), use) else Judged(row, None)
    if row.state == State.REJECTED:
        return Judged(row, 0.0)
    if row.annotation is None or row.annotation.deleted_at is not None:
        return None
    proposed, final = masks_of([row.rle, row.annotation.rle])
    return Judged(row, 1.0 if proposed == final else round(rle.iou(proposed, final), 4))

"""Reading suggestions."""
from __future__ import annotations

import uuid
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING

from annotator.accounts.access import Right, get_for
from annotator.projects.models import Image, Project
from annotator.suggestions import store
from annotator.suggestions.audit import draw
from annotator.suggestions.choices import State
from annotator.suggestions.models import Suggestion, Sweep
from annotator.suggestions.parameters import Wanted, read
from annotator.suggestions.propagation.origin import WITH_ORIGIN, labels_of
from annotator.suggestions.proposals import Proposal, propose

if TYPE_CHECKING:
    from annotator.accounts.access import Person


@dataclass(frozen=True, slots=True)
class Shown:
    """What an editor shows of an image: suggestions in order, each with its nearest shown ancestor."""

    rows: list[Suggestion]
    parents: dict[uuid.UUID, uuid.UUID | None]
    covered: int
    sweep: Sweep | None
    wanted: Wanted
    proposals: dict[uuid.UUID, Proposal]


def pending_on(image: Image) -> Shown:
    """Return what nobody has decided on and what no accepted object repeats."""
    sweep = image.sweeps.select_related("model_version").first()
    wanted = read(sweep.params if sweep else {})
    rows = list(Suggestion.objects.filter(image=image, state=State.PENDING).select_related("sweep", WITH_ORIGIN))
    # Thousands of accepted objects take seconds to unpack, so not when there is nothing to compare them with.
    accepted = store.accepted_on(image) if rows else None
    shown = [row for row in rows if accepted is None or not store.repeats(row, accepted, wanted.use)]
    # What was carried here has its object's label, whatever its looks say.
    proposals = propose(image, image.project.model_version, shown) | labels_of(shown)
    return Shown(shown, _parents(rows, {row.pk for row in shown}), len(rows) - len(shown), sweep, wanted, proposals)


def sample_of(project: Project, size: int, seed: str) -> list[Suggestion]:
    """Return a random sample of the project's pending suggestions, the same for the same seed: a few masks to correct,
    from which the stage report estimates how good the rest are."""
    pending = Suggestion.objects.filter(image__project=project, image__deleted_at=None, state=State.PENDING)
    chosen = nsmallest(size, pending.values_list("pk", flat=True), key=lambda pk: draw(seed, pk))
    rows = pending.select_related("sweep", WITH_ORIGIN).in_bulk(chosen)
    return [rows[pk] for pk in chosen]


def progress_of(project: Project) -> tuple[int, int]:
    """Return how many of the project's images were searched to the end, and how many suggestions wait."""
    searched = Sweep.objects.filter(image__project=project, image__deleted_at=None, complete=True, problem="")
    pending = Suggestion.objects.filter(image__project=project, image__deleted_at=None, state=State.PENDING)
    return searched.order_by().values("image").distinct().count(), pending.count()


def get_suggestion_for(user: Person, pk: uuid.UUID, right: Right) -> Suggestion:
    """Return a suggestion with its image and project. Raises NotFound and Forbidden."""
    live = Suggestion.objects.filter(image__deleted_at=None)
    rows = live.select_related("image__project", "sweep", "annotation")
    return get_for(user, rows, pk, right, lambda row: row.image.project, "suggestion")


def _parents(rows: list[Suggestion], shown: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    above = {row.pk: row.parent_id for row in rows}
    parents: dict[uuid.UUID, uuid.UUID | None] = {}
    for pk in shown:
        parent = above[pk]
        while parent is not None and parent not in shown:
            parent = above.get(parent)
        parents[pk] = parent
    return parents

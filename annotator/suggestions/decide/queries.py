"""Reading suggestions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from heapq import nsmallest

from annotator.accounts.access import Person
from annotator.projects.models import Image, Project
from annotator.projects.models.image import on_images_of
from annotator.projects.queries import seen
from annotator.suggestions.choices import State
from annotator.suggestions.decide.audit import draw
from annotator.suggestions.decide.origin import WITH_ORIGIN, labels_of
from annotator.suggestions.decide.proposals import Proposal, propose
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.parameters import Wanted, read
from annotator.suggestions.queries import accepted_on, repeats


@dataclass(frozen=True, slots=True)
class Shown:
    """What an editor shows of an image: suggestions in order, each with its nearest shown ancestor."""

    rows: list[Suggestion]
    parents: dict[uuid.UUID, uuid.UUID | None]
    covered: int
    search: Search | None
    wanted: Wanted
    proposals: dict[uuid.UUID, Proposal]


def pending_on(image: Image) -> Shown:
    """Return what nobody has decided on and what no accepted object repeats."""
    search = image.searches.select_related("model_version").first()
    wanted = read(search.params if search else {})
    rows = list(Suggestion.objects.filter(image=image, state=State.PENDING).select_related("search", WITH_ORIGIN))
    # Thousands of accepted objects take seconds to unpack, so not when there is nothing to compare them with.
    accepted = accepted_on(image) if rows else None
    shown = [row for row in rows if accepted is None or not repeats(row, accepted, wanted.use)]
    # What was carried here has its object's label, and what came in that of its file, whatever its looks say.
    proposals = propose(image, image.project.model_version, shown) | labels_of(shown)
    proposals |= {row.pk: Proposal(row.label_id, 1.0) for row in shown if row.label_id is not None}
    return Shown(shown, _parents(rows, {row.pk for row in shown}), len(rows) - len(shown), search, wanted, proposals)


def sample_of(user: Person, project: Project, size: int, seed: str) -> list[Suggestion]:
    """Return a random sample of the pending suggestions that this person sees in a project, the same for the same
    seed: a few masks to correct, from which the stage report estimates how good the rest are."""
    pending = seen(user, Suggestion.objects.filter(on_images_of(project), state=State.PENDING), "image")
    chosen = nsmallest(size, pending.values_list("pk", flat=True), key=lambda pk: draw(seed, pk))
    rows = pending.select_related("search", WITH_ORIGIN).in_bulk(chosen)
    return [rows[pk] for pk in chosen]


def _parents(rows: list[Suggestion], shown: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    above = {row.pk: row.parent_id for row in rows}
    parents: dict[uuid.UUID, uuid.UUID | None] = {}
    for pk in shown:
        parent = above[pk]
        while parent is not None and parent not in shown:
            parent = above.get(parent)
        parents[pk] = parent
    return parents

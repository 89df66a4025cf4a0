"""Reading what search, decide and carry share: a project's parameters, what is on an image, one suggestion."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Count, Sum

from annotator.accounts.access import Person, Right
from annotator.annotations import soundness
from annotator.annotations.models import Annotation
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image, Project
from annotator.projects.queries import get_on_image_for
from annotator.runs.models import Run
from annotator.suggestions.choices import State
from annotator.suggestions.known import Known, masks_of
from annotator.suggestions.models import AutomaskSettings, Search, Suggestion
from annotator.suggestions.parameters import Use, Wanted, read
from export.rle import Box
from export.spans import Spans

BOXES = "boxes"
"""Kind of the runs that make masks of a detector's boxes."""
WORDS = "words"
"""Kind of the runs that ask a model in words."""


def settings_of(project: Project) -> Wanted:
    """Return the project's parameters."""
    row = AutomaskSettings.objects.filter(project=project).first()
    return read(row.params if row else {})


def names_model(version: ModelVersion) -> str:
    """Return why suggestions need a model version, decided ones included; "" when none names it."""
    masks = Suggestion.objects.filter(model_version=version).count()
    if masks:
        return f"{masks} suggestion(s) were found with it, and name it as their source."
    photos = Search.objects.filter(model_version=version).values("image").distinct().count()
    return f"{photos} photo(s) were searched with it, and the report counts that." if photos else ""


def accepted_on(image: Image) -> Known:
    """Return the image's live objects, for comparing with."""
    return Known(masks_of(Annotation.objects.filter(image=image, deleted_at=None).values_list("rle", flat=True)))


def rejected_on(image: Image) -> Known:
    """Return what was suggested on the image and rejected."""
    rejected = Suggestion.objects.filter(image=image, state=State.REJECTED)
    return Known(masks_of(rejected.values_list("rle", flat=True)))


def repeats(row: Suggestion, accepted: Known, use: Use) -> bool:
    """Tell whether an accepted object has made a suggestion superfluous."""
    box: Box = (row.bbox[0], row.bbox[1], row.bbox[2], row.bbox[3])
    if not accepted.meets(box):
        return False
    (mask,) = masks_of([row.rle])
    return accepted.covers(Spans.of(mask), box, iou=use.avoid_iou, inside=use.avoid_inside)


def get_suggestion_for(user: Person, pk: uuid.UUID, right: Right) -> Suggestion:
    """Return a suggestion with its image and project. Raises NotFound and Forbidden."""
    live = Suggestion.objects.filter(image__deleted_at=None)
    rows = live.select_related("image__project", "search", "annotation")
    return get_on_image_for(user, rows, pk, right, lambda row: row.image, "suggestion")


def unsound() -> Iterator[str]:
    """Say of every suggestion whose mask is damaged what is wrong with it."""
    rows = Suggestion.objects.order_by().values_list(*soundness.COLUMNS)
    yield from soundness.damaged("Suggestion", rows.iterator(chunk_size=500))


class Tally(NamedTuple):
    """What a run has done: images it is through with, masks found on them, and those of them that were kept."""

    images: int
    found: int
    kept: int


def tally_of(run: Run) -> Tally:
    """Count what a run's searches found."""
    sums = Search.objects.filter(run=run).aggregate(Count("pk"), Sum("found"), Sum("kept"))
    return Tally(sums["pk__count"], sums["found__sum"] or 0, sums["kept__sum"] or 0)


def failures_of(run: Run) -> list[str]:
    """Name the images that a run could not look at, each with the reason."""
    failed = Search.objects.filter(run=run).exclude(problem="").select_related("image")
    return [f"{row.image.name}: {row.problem}" for row in failed]

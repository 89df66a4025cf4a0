"""Putting what a run found on an image in place of what nobody touched there."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from annotator.annotations.models import Annotation
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.runs.models import Run
from annotator.suggestions.arrange import Arranged, Found, Known, arrange
from annotator.suggestions.choices import State
from annotator.suggestions.models import Suggestion, Sweep
from annotator.suggestions.parameters import Wanted
from export import Rle

MAX_KEPT = 3000
"""Suggestions on one image; more than anybody can judge, and still quick to show."""
_CHUNK = 500


def accepted_on(image: Image) -> Known:
    """Return the image's live objects, for comparing with."""
    return Known(masks_of(Annotation.objects.filter(image=image, deleted_at=None).values_list("rle", flat=True)))


def masks_of(stored: Any) -> list[Rle]:
    """Return stored masks as export's."""
    return [Rle((mask["size"][0], mask["size"][1]), mask["counts"]) for mask in stored]


def already_swept(run: Run, image: Image) -> bool:
    """Tell whether this run has searched the image before it was interrupted."""
    return Sweep.objects.filter(run=run, image=image).exists()


def keep(
    image: Image, run: Run, version: ModelVersion, wanted: Wanted, found: Sequence[Found], seconds: float,
    region: list[int] | None = None,
) -> Sweep:  # fmt: skip
    """Store a sweep. Pending suggestions of earlier sweeps go (in a region: those whose point lies in it); accepted
    and rejected ones stay, and are not suggested again."""
    rejected = Suggestion.objects.filter(image=image, state=State.REJECTED).values_list("rle", flat=True)
    arranged = arrange(found, accepted_on(image), Known(masks_of(rejected)), wanted.use)[:MAX_KEPT]
    with transaction.atomic():
        # Holding the image's row keeps a decision that is being made from meeting a suggestion that is going.
        Image.objects.select_for_update().get(pk=image.pk)
        _clear(image, region)
        sweep = Sweep.objects.create(
            image=image, run=run, model_version=version, params=wanted.to_json(), found=len(found),
            kept=len(arranged), seconds=seconds,
        )  # fmt: skip
        rows = [_row(sweep, rank, item) for rank, item in enumerate(arranged)]
        for row, item in zip(rows, arranged, strict=True):
            # A parent is cut off by the limit only when there are thousands; its parts then stand alone.
            if item.parent is not None and item.parent < len(rows):
                row.parent_id = rows[item.parent].pk
        Suggestion.objects.bulk_create(rows, _CHUNK)
    return sweep


def note_problem(image: Image, run: Run, version: ModelVersion, wanted: Wanted, problem: str) -> Sweep:
    """Note that an image could not be searched; what was suggested on it before stays."""
    return Sweep.objects.create(
        image=image, run=run, model_version=version, params=wanted.to_json(), found=0, kept=0, problem=problem[:300]
    )


def _clear(image: Image, region: list[int] | None) -> None:
    pending = Suggestion.objects.filter(image=image, state=State.PENDING)
    if region is not None:
        x, y, width, height = region
        points = pending.values_list("pk", "point")
        inside = [pk for pk, (px, py) in points if x <= px < x + width and y <= py < y + height]
        pending = pending.filter(pk__in=inside)
    pending.delete()


def _row(sweep: Sweep, rank: int, item: Arranged) -> Suggestion:
    found = item.found
    return Suggestion(
        image=sweep.image,
        sweep=sweep,
        model_version=sweep.model_version,
        rank=rank,
        rle=found.rle.to_json(),
        bbox=list(item.box),
        area=item.area,
        predicted_iou=found.predicted_iou,
        stability_score=found.stability_score,
        point=list(found.point),
        crop_box=list(found.crop_box),
    )

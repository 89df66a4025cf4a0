"""Putting what a run found on an image in place of what nobody touched there."""
from __future__ import annotations

import uuid
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
from annotator.suggestions.parameters import Use, Wanted
from export import Rle
from export.rle import Box
from export.spans import Spans

MAX_KEPT = 3000
"""Suggestions on one image; more than anybody can judge, and still quick to show."""
_CHUNK = 500


def accepted_on(image: Image) -> Known:
    """Return the image's live objects, for comparing with."""
    return Known(masks_of(Annotation.objects.filter(image=image, deleted_at=None).values_list("rle", flat=True)))


def repeats(row: Suggestion, accepted: Known, use: Use) -> bool:
    """Tell whether an accepted object has made a suggestion superfluous."""
    box: Box = (row.bbox[0], row.bbox[1], row.bbox[2], row.bbox[3])
    if not accepted.meets(box):
        return False
    (mask,) = masks_of([row.rle])
    return accepted.covers(Spans.of(mask), box, iou=use.avoid_iou, inside=use.avoid_inside)


def rejected_on(image: Image) -> Known:
    """Return what was suggested on the image and rejected."""
    rejected = Suggestion.objects.filter(image=image, state=State.REJECTED)
    return Known(masks_of(rejected.values_list("rle", flat=True)))


def masks_of(stored: Any) -> list[Rle]:
    """Return stored masks as export's."""
    return [Rle((mask["size"][0], mask["size"][1]), mask["counts"]) for mask in stored]


def already_swept(run: Run, image: Image) -> bool:
    """Tell whether this run has searched the whole image before it was interrupted."""
    return Sweep.objects.filter(run=run, image=image, complete=True).exists()


def keep(
    image: Image, run: Run, version: ModelVersion, wanted: Wanted, found: Sequence[Found], seconds: float,
    region: list[int] | None = None,
) -> Sweep:  # fmt: skip
    """Store a sweep. Pending suggestions of earlier sweeps go (in a region: those whose point lies in it); accepted
    and rejected ones stay, and are not suggested again. What the same search has stored already (see arriving.py)
    keeps its row and its id, so that somebody may be looking at it."""
    arranged = arrange(found, accepted_on(image), rejected_on(image), wanted.use)[:MAX_KEPT]
    with transaction.atomic():
        # Holding the image's row keeps a decision that is being made from meeting a suggestion that is going.
        Image.objects.select_for_update().get(pk=image.pk)
        sweep, _ = Sweep.objects.update_or_create(
            image=image, run=run,
            defaults={
                "model_version": version, "params": wanted.to_json(), "found": len(found), "kept": len(arranged),
                "seconds": seconds, "complete": True, "problem": "",
            },
        )  # fmt: skip
        shown = {row.rle["counts"]: row for row in sweep.suggestions.filter(state=State.PENDING)}
        rows = [_placed(shown, sweep, rank, item) for rank, item in enumerate(arranged)]
        for row, item in zip(rows, arranged, strict=True):
            # A parent is cut off by the limit only when there are thousands; its parts then stand alone.
            row.parent_id = rows[item.parent].pk if item.parent is not None and item.parent < len(rows) else None
        clear(image, region, sweep, {row.pk for row in rows})
        Suggestion.objects.bulk_create(
            rows, _CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=["rank", "parent"]
        )
    return sweep


def _placed(shown: dict[str, Suggestion], sweep: Sweep, rank: int, item: Arranged) -> Suggestion:
    row = shown.pop(item.found.rle.to_json()["counts"], None) or row_of(sweep, rank, item)
    row.rank = rank
    return row


def note_problem(image: Image, run: Run, version: ModelVersion, wanted: Wanted, problem: str) -> Sweep:
    """Note that an image could not be searched; what was suggested on it before stays."""
    values = {"model_version": version, "params": wanted.to_json(), "complete": True, "problem": problem[:300]}
    sweep, _ = Sweep.objects.update_or_create(
        image=image, run=run, defaults=values, create_defaults=values | {"found": 0, "kept": 0}
    )
    return sweep


def clear(image: Image, region: list[int] | None, sweep: Sweep, stay: set[uuid.UUID]) -> None:
    """Delete what nobody decided on (in a region: those whose point lies in it, and this sweep's), except `stay`, and
    what was carried here from another image."""
    rows = Suggestion.objects.filter(image=image, state=State.PENDING, carried=None).values_list("pk", "sweep", "point")
    going = [pk for pk, owner, point in rows if pk not in stay and (owner == sweep.pk or _inside(point, region))]
    for start in range(0, len(going), _CHUNK):
        Suggestion.objects.filter(pk__in=going[start : start + _CHUNK], state=State.PENDING).delete()


def _inside(point: list[float], region: list[int] | None) -> bool:
    if region is None:
        return True
    x, y, width, height = region
    return x <= point[0] < x + width and y <= point[1] < y + height


def row_of(sweep: Sweep, rank: int, item: Arranged) -> Suggestion:
    """Return an unsaved suggestion."""
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

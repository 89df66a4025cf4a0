"""Writing one step of a chain: suggestions and trails together, so that a run that dies repeats nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from annotator.annotations.models import Annotation
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.runs.models import Run
from annotator.suggestions.carry.asked import Wish
from annotator.suggestions.carry.chain import Answer
from annotator.suggestions.carry.memory import Seen
from annotator.suggestions.carry.tracks import track_of
from annotator.suggestions.choices import State
from annotator.suggestions.known import SAME_AS_REJECTED, Found, Known, masks_of
from annotator.suggestions.models import Carried, Search, Suggestion, Trail
from annotator.suggestions.parameters import Wanted
from annotator.suggestions.queries import accepted_on, rejected_on
from export import rle

UNSURE = "It was not found with enough confidence."
DRIFTED = "What was found looks too little like the object any more."
CONTESTED = "Another object was found in the same place."
ABSENT = "It is not seen in this image any more."
REJECTED = "Somebody rejected it here before."


@dataclass(frozen=True, slots=True)
class Journey:
    """What a run works with."""

    run: Run
    version: ModelVersion
    wanted: Wanted


def trails_of(run: Run, image: Image, objects: Sequence[uuid.UUID]) -> list[Trail]:
    """Return the run's trails, lowest object first, then what was pointed at; those of objects are made at its first
    start. Objects deleted meanwhile have none."""
    if not Trail.objects.filter(run=run, source__isnull=False).exists():
        live = Annotation.objects.filter(image=image, pk__in=objects, deleted_at=None)
        made = [Trail(run=run, source=row, image=image, rle=row.rle, track=track_of(row.attributes)) for row in live]
        Trail.objects.bulk_create(made)
    rows = Trail.objects.filter(run=run).select_related("source__label", "label", "image", "lost_in")
    drawn_first = F("source__z_order").asc(nulls_last=True)
    return list(rows.order_by(drawn_first, "source__created", "source", "track"))


def note(run: Run, image: Image, wishes: Sequence[Wish], tracks: Sequence[int]) -> None:
    """Make the trails of what a run is pointed at on an image, unless it has them."""
    if not Trail.objects.filter(run=run, source=None).exists():
        Trail.objects.bulk_create(
            Trail(
                run=run, image=image, label_id=wish.label, track=track, prompts=wish.to_json(), rle=_nothing(image)
            )
            for wish, track in zip(wishes, tracks, strict=True)
        )  # fmt: skip


def _nothing(image: Image) -> dict[str, Any]:
    return rle.from_runs((image.height, image.width), [image.height * image.width]).to_json()


def keep(
    journey: Journey, image: Image, step: int, going: Sequence[Trail], answers: Sequence[Answer], *, lost: str = UNSURE
) -> bool:
    """Store what became of the objects in this image; False when it was deleted meanwhile, and nothing was stored.

    Pending suggestions of earlier runs of the same objects go; what people decided on stays. An object that is
    accepted here already gets no suggestion, and goes on. `lost` is why one stops that is not sure."""
    with transaction.atomic():
        # Holding the image's row keeps a decision that is being made from meeting a suggestion that is going.
        if Image.workable.select_for_update().filter(pk=image.pk).first() is None:
            return False
        accepted, rejected, use = accepted_on(image), rejected_on(image), journey.wanted.use
        _clear(journey.run, image)
        search = Search.objects.create(
            image=image, run=journey.run, model_version=journey.version, params=journey.wanted.to_json(), kept=0,
            found=sum(answer.sure for answer in answers),
        )  # fmt: skip
        for trail, answer in zip(going, answers, strict=True):
            found = _advance(trail, image, step, answer, rejected, lost)
            if found is not None and not accepted.repeats(found, iou=use.avoid_iou, inside=use.avoid_inside):
                _suggest(search, trail, answer, found)
        Search.objects.filter(pk=search.pk).update(kept=search.kept)
    return True


def _advance(trail: Trail, image: Image, step: int, answer: Answer, rejected: Known, lost: str) -> Found | None:
    """Move a trail to its mask in this image and return that, or end it."""
    found = answer.found if answer.sure else None
    if found is not None and rejected.repeats(found, iou=SAME_AS_REJECTED, inside=float("inf")):
        trail.reason = REJECTED
    elif found is None:
        trail.reason = CONTESTED if answer.contested else DRIFTED if answer.drifted else lost
    trail.confidence = answer.confidence
    if trail.reason or found is None:
        trail.lost_in = image
        found = None
    else:
        trail.image, trail.step, trail.rle = image, step, found.rle.to_json()
    trail.save(update_fields=["image", "step", "rle", "lost_in", "confidence", "reason"])
    return found


def _suggest(search: Search, trail: Trail, answer: Answer, found: Found) -> None:
    row = Suggestion.of(search, search.kept, found)
    row.save(force_insert=True)
    Carried.objects.create(
        suggestion=row, trail=trail, step=trail.step, confidence=answer.confidence, overlap=answer.overlap,
        likeness=answer.likeness,
    )  # fmt: skip
    search.kept += 1


def begin_anew(trails: Sequence[Trail], image: Image) -> None:
    """Put trails back to where they began: what was remembered on an interrupted way is gone.

    Images that were passed before count no more for the run; what people decided there meanwhile stays."""
    Search.objects.filter(run__in={trail.run_id for trail in trails}).update(run=None)
    for trail in trails:
        trail.image, trail.step, trail.rle = image, 0, trail.source.rle if trail.source else _nothing(image)
        trail.lost_in, trail.confidence, trail.reason = None, None, ""
        trail.save(update_fields=["image", "step", "rle", "lost_in", "confidence", "reason"])


def keep_seen(journey: Journey, image: Image, step: int, looked: Sequence[Trail], seen: Sequence[Seen]) -> bool:
    """`keep` for what a model with a memory saw of the objects it was asked for; it compares nothing with the image
    before, so of overlap there is what there is, and of likeness nothing."""
    before = masks_of(trail.rle for trail in looked)
    answers = [
        Answer(one.found, one.found is not None, one.confidence, _overlap(one.found, mask), 0.0, False, False)
        for one, mask in zip(seen, before, strict=True)
    ]
    return keep(journey, image, step, looked, answers, lost=ABSENT)


def _overlap(found: Found | None, before: rle.Rle) -> float:
    return 0.0 if found is None or found.rle.size != before.size else rle.iou(found.rle, before)


def _clear(run: Run, image: Image) -> None:
    trails = Trail.objects.filter(run=run)
    # A track's trail begins at whatever object of it was corrected last.
    same = Q(carried__trail__source__in=trails.values("source")) | Q(
        carried__trail__track__in=trails.exclude(track=None).values("track"), image__project=image.project_id
    )
    Suggestion.objects.filter(same, image=image, state=State.PENDING).delete()

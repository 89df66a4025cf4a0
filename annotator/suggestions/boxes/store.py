"""Writing the masks of one image's boxes, so that a run that dies repeats nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.runs.models import Run
from annotator.suggestions.boxes.prompting import Masked
from annotator.suggestions.choices import State
from annotator.suggestions.known import SAME_AS_REJECTED, Found
from annotator.suggestions.models import BoxMask, BoxPrompts, Search, Suggestion
from annotator.suggestions.parameters import Wanted
from annotator.suggestions.queries import BOXES, accepted_on, rejected_on

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Work:
    """What a run works with; `labels` by name in small letters."""

    run: Run
    prompts: BoxPrompts
    version: ModelVersion
    wanted: Wanted
    labels: Mapping[str, uuid.UUID]


def finished(run: Run) -> set[uuid.UUID]:
    """Images that an earlier start of this run got through."""
    return set(Search.objects.filter(run=run).values_list("image", flat=True))


def keep(work: Work, image: Image, masked: Sequence[Masked], problem: str = "") -> None:
    """Store the masks of an image: for the file, or as suggestions in place of those of earlier boxes that nobody
    decided on. Of an image that was deleted meanwhile nothing is stored."""
    with transaction.atomic():
        # Holding the image's row keeps a decision that is being made from meeting a suggestion that is going.
        if Image.workable.select_for_update().filter(pk=image.pk).first() is None:
            return
        found = [(one, one.found) for one in masked if one.found is not None]
        # "complete" speaks of a search of the whole image, which boxes are not.
        search = Search.objects.create(
            image=image, run=work.run, model_version=work.version, params=work.wanted.to_json(), found=len(found),
            kept=0, complete=False, problem=problem[:300],
        )  # fmt: skip
        if work.prompts.as_file:
            kept = _to_file(work, image, found)
        elif problem:
            return
        else:
            kept = _suggest(work, search, found)
        Search.objects.filter(pk=search.pk).update(kept=kept)


def _to_file(work: Work, image: Image, found: Sequence[tuple[Masked, Found]]) -> int:
    rows = [
        BoxMask(
            prompts=work.prompts, image=image, number=one.box.number, rle=mask.rle.to_json(),
            predicted_iou=mask.predicted_iou,
        )
        for one, mask in found
    ]  # fmt: skip
    return len(BoxMask.objects.bulk_create(rows, _CHUNK))


def _suggest(work: Work, search: Search, found: Sequence[tuple[Masked, Found]]) -> int:
    image, use = search.image, work.wanted.use
    accepted, rejected = accepted_on(image), rejected_on(image)
    Suggestion.objects.filter(image=image, state=State.PENDING, search__run__kind=BOXES).delete()
    ranked = sorted(found, key=lambda pair: -pair[0].box.score)
    rows = [
        Suggestion.of(search, rank, mask, label=work.labels.get(one.box.category.casefold()))
        for rank, (one, mask) in enumerate(ranked)
        if not accepted.repeats(mask, iou=use.avoid_iou, inside=use.avoid_inside)
        and not rejected.repeats(mask, iou=SAME_AS_REJECTED, inside=float("inf"))
    ]
    return len(Suggestion.objects.bulk_create(rows, _CHUNK))

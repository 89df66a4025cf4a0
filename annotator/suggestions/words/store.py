"""Writing what was found on one image, so that a run that dies repeats nothing, and asking again doubles nothing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction

from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.runs.models import Run
from annotator.suggestions.choices import State
from annotator.suggestions.known import SAME_AS_REJECTED, Known, masks_of
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.parameters import Wanted
from annotator.suggestions.queries import WORDS, accepted_on, rejected_on
from annotator.suggestions.words.finding import Named

SAME = 0.8
"""IoU from which two masks of one label are one object, found twice: by two phrases, or before."""
MOST = 1_000
"""Suggestions on one image in one run."""
_CHUNK = 500


def finished(run: Run) -> set[uuid.UUID]:
    """Images that an earlier start of this run got through."""
    return set(Search.objects.filter(run=run).values_list("image", flat=True))


def keep(
    image: Image, run: Run, version: ModelVersion, wanted: Wanted, found: Sequence[Named], problem: str = ""
) -> None:
    """Store what was found on an image, the best first, as suggestions. They take the place of those of the same
    phrases that nobody decided on; what other words found stays. Of an image that was deleted meanwhile nothing is
    stored."""
    with transaction.atomic():
        # Holding the image's row keeps a decision that is being made from meeting a suggestion that is going.
        if Image.workable.select_for_update().filter(pk=image.pk).first() is None:
            return
        # "complete" speaks of a search for everything.
        search = Search.objects.create(
            image=image, run=run, model_version=version, params=wanted.to_json(), found=len(found), kept=0,
            complete=False, problem=problem[:300],
        )  # fmt: skip
        if not problem:
            Search.objects.filter(pk=search.pk).update(kept=_suggest(search, run, wanted, found))


def _suggest(search: Search, run: Run, wanted: Wanted, found: Sequence[Named]) -> int:
    image, use = search.image, wanted.use
    pending = Suggestion.objects.filter(image=image, state=State.PENDING, search__run__kind=WORDS)
    _again(image, run)
    accepted, rejected = accepted_on(image), rejected_on(image)
    there: dict[uuid.UUID | None, Known] = defaultdict(lambda: Known([]))
    for marked, rle in pending.values_list("label", "rle"):
        there[marked].add(*masks_of([rle]))
    rows: list[Suggestion] = []
    for one in found:
        label, mask = one.kind.label, one.found
        if (
            accepted.repeats(mask, iou=use.avoid_iou, inside=use.avoid_inside)
            or rejected.repeats(mask, iou=SAME_AS_REJECTED, inside=float("inf"))
            or there[label].repeats(mask, iou=SAME, inside=float("inf"))
        ):
            continue
        there[label].add(mask.rle)
        rows.append(Suggestion.of(search, len(rows), mask, label=label))
    return len(Suggestion.objects.bulk_create(rows[:MOST], _CHUNK))


def _again(image: Image, run: Run) -> None:
    """Let go what the same phrases found before and nobody decided on."""
    earlier = Search.objects.filter(image=image, run__kind=WORDS).values_list("pk", "run__params")
    same = [pk for pk, params in earlier if params["phrases"] == run.params["phrases"]]
    Suggestion.objects.filter(search__in=same, state=State.PENDING).delete()

"""Putting what a run found on an image in place of what nobody touched there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.runs.models import Run
from annotator.suggestions.choices import State
from annotator.suggestions.known import Found
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.parameters import Wanted
from annotator.suggestions.queries import BOXES, WORDS, accepted_on, rejected_on
from annotator.suggestions.search.arrange import Arranged, arrange

MAX_KEPT = 3000
"""Suggestions on one image; more than anybody can judge, and still quick to show."""
_CHUNK = 500


def already_searched(run: Run, image: Image) -> bool:
    """Tell whether this run has searched the whole image before it was interrupted."""
    return Search.objects.filter(run=run, image=image, complete=True).exists()


def keep(
    image: Image, run: Run, version: ModelVersion, wanted: Wanted, found: Sequence[Found], seconds: float,
    region: list[int] | None = None,
) -> Search:  # fmt: skip
    """Store a search. Pending suggestions of earlier searches go (in a region: those whose point lies in it); accepted
    and rejected ones stay, and are not suggested again. What the same search has stored already (see arriving.py)
    keeps its row and its id, so that somebody may be looking at it."""
    arranged = arrange(found, accepted_on(image), rejected_on(image), wanted.use)[:MAX_KEPT]
    with transaction.atomic():
        # Holding the image's row keeps a decision that is being made from meeting a suggestion that is going.
        Image.workable.select_for_update().get(pk=image.pk)
        search, _ = Search.objects.update_or_create(
            image=image, run=run,
            defaults={
                "model_version": version, "params": wanted.to_json(), "found": len(found), "kept": len(arranged),
                "seconds": seconds, "complete": True, "problem": "",
            },
        )  # fmt: skip
        shown = {row.rle["counts"]: row for row in search.suggestions.filter(state=State.PENDING)}
        rows = [_placed(shown, search, rank, item) for rank, item in enumerate(arranged)]
        for row, item in zip(rows, arranged, strict=True):
            # A parent is cut off by the limit only when there are thousands; its parts then stand alone.
            row.parent_id = rows[item.parent].pk if item.parent is not None and item.parent < len(rows) else None
        clear(image, region, search, {row.pk for row in rows})
        Suggestion.objects.bulk_create(
            rows, _CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=["rank", "parent"]
        )
    return search


def _placed(shown: dict[str, Suggestion], search: Search, rank: int, item: Arranged) -> Suggestion:
    row = shown.pop(item.found.rle.to_json()["counts"], None) or row_of(search, rank, item)
    row.rank = rank
    return row


def note_problem(image: Image, run: Run, version: ModelVersion, wanted: Wanted, problem: str) -> Search:
    """Note that an image could not be searched; what was suggested on it before stays."""
    values = {"model_version": version, "params": wanted.to_json(), "complete": True, "problem": problem[:300]}
    search, _ = Search.objects.update_or_create(
        image=image, run=run, defaults=values, create_defaults=values | {"found": 0, "kept": 0}
    )
    return search


def clear(image: Image, region: list[int] | None, search: Search, stay: set[uuid.UUID]) -> None:
    """Delete what nobody decided on (in a region: those whose point lies in it, and this search's), except `stay`,
    what was carried here from another image, and what came in with a data set."""
    pending = Suggestion.objects.filter(image=image, state=State.PENDING, carried=None).exclude(model_version=None)
    # A detector's masks, and what somebody asked for in words, are no search's.
    pending = pending.exclude(search__run__kind__in=[BOXES, WORDS])
    rows = pending.values_list("pk", "search", "point")
    going = [pk for pk, owner, point in rows if pk not in stay and (owner == search.pk or _inside(point, region))]
    for start in range(0, len(going), _CHUNK):
        Suggestion.objects.filter(pk__in=going[start : start + _CHUNK], state=State.PENDING).delete()


def _inside(point: list[float], region: list[int] | None) -> bool:
    if region is None:
        return True
    x, y, width, height = region
    return x <= point[0] < x + width and y <= point[1] < y + height


def row_of(search: Search, rank: int, item: Arranged) -> Suggestion:
    """Return an unsaved suggestion."""
    return Suggestion.of(search, rank, item.found, area=item.area, box=item.box)

"""The verbs: start a comparison, rate a pair, delete."""

from __future__ import annotations

import secrets
import uuid

from django.db import transaction

from annotator.accounts.models import User
from annotator.evaluations.masks import accepted
from annotator.inference.queries import clickable
from annotator.lib.errors import ApiError, Conflict
from annotator.projects.models import Project
from annotator.ratings.models import PairScore, RatedPair, Rating
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run

BEHIND_EVERYTHING = -20


def start(project: Project, by: User, first: uuid.UUID, second: uuid.UUID, size: int) -> Run:
    """Queue asking two model versions with the same clicks on `size` masks. Raises ApiError and Conflict."""
    if first == second:
        raise _refused("second", "Choose two different models: one beside itself says nothing.")
    ready = set(clickable().filter(pk__in=[first, second]).values_list("pk", flat=True))
    for name, pk in (("first", first), ("second", second)):
        if pk not in ready:
            raise _refused(name, "Choose a model that is installed and ready.")
    if not accepted(project).exists():
        raise Conflict("no_masks", "There are no accepted masks to click on yet. Make some in the editor first.")
    params = {"first": str(first), "second": str(second), "size": size, "seed": secrets.randbelow(2**31)}
    return enqueue(
        "rate", project=project, params=params, requested_by=by, priority=BEHIND_EVERYTHING,
        key=f"rate:{project.pk}:{first}:{second}:{size}",
    )  # fmt: skip


def rate(pair: RatedPair, by: User, left: int, right: int) -> PairScore:
    """Write down what a person gives the answer on the left and that on the right; a second time replaces the first.
    Raises ApiError for who made the mask that was clicked on: they know what was meant."""
    if pair.author_id == by.pk:
        raise ApiError("own_mask", "This click is on a mask of your own, so somebody else has to rate it.")
    first, second = (right, left) if pair.swapped else (left, right)
    with transaction.atomic():
        row, _ = PairScore.objects.update_or_create(
            pair=pair, person=by, defaults={"first": first, "second": second}
        )  # fmt: skip
    return row


def delete(rating: Rating) -> None:
    """Delete a comparison with all that people gave."""
    rating.delete()


def _refused(field: str, sentence: str) -> ApiError:
    return ApiError("invalid", sentence, fields={field: [sentence]})

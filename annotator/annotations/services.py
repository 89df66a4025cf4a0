"""Verbs about annotations. Who may is decided before (accounts.access); every change is one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations import masks
from annotator.annotations.choices import Action
from annotator.annotations.editing import Editing, Outcome
from annotator.annotations.models import Presence
from annotator.jobs.handout import renew
from annotator.lib.errors import ApiError
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Image

PRESENT_FOR = timedelta(seconds=45)
"""A tab that has not spoken for so long counts as closed."""
MAX_TABS = 100


@dataclass(frozen=True, slots=True)
class Operation:
    """One change a client asks for. `problem` is set instead when it could not even be read."""

    key: uuid.UUID
    op: Action
    id: uuid.UUID
    revision: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    problem: ApiError | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an operation: a row or an error."""

    operation: Operation
    outcome: Outcome | None
    error: ApiError | None


def create(
    image: Image, actor: User, pk: uuid.UUID | None, data: Mapping[str, Any], key: uuid.UUID | None = None
) -> Outcome:
    """Make one object."""
    data = masks.with_measures(data, image)
    return _one(image, actor, lambda editing: editing.create(pk, data, key))


def update(image: Image, actor: User, pk: uuid.UUID, revision: int, data: Mapping[str, Any]) -> Outcome:
    """Change one object. Raises Conflict with the stored row when `revision` is not its revision."""
    data = masks.with_measures(data, image)
    return _one(image, actor, lambda editing: editing.update(pk, revision, data))


def delete(image: Image, actor: User, pk: uuid.UUID, revision: int) -> Outcome:
    """Delete one object."""
    return _one(image, actor, lambda editing: editing.delete(pk, revision))


def restore(image: Image, actor: User, pk: uuid.UUID, revision: int) -> Outcome:
    """Bring one deleted object back."""
    return _one(image, actor, lambda editing: editing.restore(pk, revision))


def apply(image: Image, actor: User, operations: Sequence[Operation]) -> tuple[list[Result], int]:
    """Do the operations in order, each as a whole or not at all; one that fails does not stop the others.

    Returns what became of each, and the image's counter afterwards."""
    operations = [_measured(image, item) for item in operations]
    with write_in_turn():
        editing = Editing(image, actor)
        editing.look_up({item.id for item in operations}, [item.key for item in operations])
        results = [_attempt(editing, item) for item in operations]
        return results, editing.finish()


def announce(image: Image, user: User, client: str) -> list[Presence]:
    """Note that this tab has the image open; return everyone who has, oneself included."""
    now = timezone.now()
    with write_in_turn():
        Presence.objects.filter(seen__lt=now - PRESENT_FOR).delete()
        Presence.objects.update_or_create(image=image, user=user, client=client, defaults={"seen": now})
        renew(image.pk, user.pk)
    return list(Presence.objects.filter(image=image).select_related("user")[:MAX_TABS])


def _one(image: Image, actor: User, work: Callable[[Editing], Outcome]) -> Outcome:
    with write_in_turn():
        editing = Editing(image, actor)
        outcome = work(editing)
        editing.finish()
        return outcome


def _measured(image: Image, item: Operation) -> Operation:
    """Read the mask before the transaction begins; one that cannot be read becomes the operation's problem."""
    try:
        return replace(item, data=masks.with_measures(item.data, image))
    except ApiError as error:
        return replace(item, problem=error)


def _attempt(editing: Editing, item: Operation) -> Result:
    if item.problem is not None:
        return Result(item, None, item.problem)
    try:
        outcome = _perform(editing, item)
        # A later operation may change the same row; this one's answer must not follow.
        return Result(item, replace(outcome, row=copy(outcome.row)), None)
    except ApiError as error:
        return Result(item, None, error)


def _perform(editing: Editing, item: Operation) -> Outcome:
    if item.op == Action.CREATE:
        return editing.create(item.id, item.data, item.key)
    if item.revision is None:
        raise ApiError(
            "invalid", "revision: say which revision of the object you saw.", fields={"revision": ["It is required."]}
        )
    if item.op == Action.UPDATE:
        return editing.update(item.id, item.revision, item.data, item.key)
    if item.op == Action.DELETE:
        return editing.delete(item.id, item.revision, item.key)
    return editing.restore(item.id, item.revision, item.key)

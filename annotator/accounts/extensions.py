"""What apps above this one add to it: which images a person was given, and what happens to the work of one who leaves.
Each says so in its `AppConfig.ready`; nothing here knows who they are."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

Given = Callable[[uuid.UUID | None], QuerySet[Any]]
Farewell = Callable[[uuid.UUID, uuid.UUID | None], None]

_GIVEN: list[Given] = []
_WITHHELD: list[Given] = []
_FAREWELLS: list[Farewell] = []


def set_given(rows: Given) -> None:
    """Say which images a person was given to work on: a function of the person's id (None: nobody's, so no rows) that
    returns rows with an `image`."""
    _GIVEN[:] = [rows]


def given_to(person: uuid.UUID | None) -> QuerySet[Any]:
    """Return the ids of the images that the person was given, as a subquery."""
    (rows,) = _GIVEN
    return rows(person).order_by().values("image")


def set_withheld(images: Given) -> None:
    """Say which images are kept from a person though they see the others: a function of the person's id that returns
    the ids of images, as a subquery that cannot be narrowed further."""
    _WITHHELD[:] = [images]


def withheld_from(person: uuid.UUID | None) -> QuerySet[Any]:
    """Return the ids of the images that are kept from the person, as a subquery."""
    (images,) = _WITHHELD
    return images(person)


def add_farewell(work: Farewell) -> None:
    """Add a function of a person's id and a project's: the person may not work there any more; None means anywhere."""
    if work not in _FAREWELLS:
        _FAREWELLS.append(work)


def say_farewell(person: uuid.UUID, project: uuid.UUID | None = None) -> None:
    """Let every app take back what the person had open; in the transaction that ends the person's right to work."""
    for work in _FAREWELLS:
        work(person, project)

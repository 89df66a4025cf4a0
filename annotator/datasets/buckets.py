"""The classes that numbers are counted in, and which images a class means.

Masks per image, their size (the root of their share of the image) and concavity are what SA-1B was described by
(Kirillov et al., Segment Anything, ICCV 2023, figure 6)."""

from __future__ import annotations

from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet
from django.db.models.functions import Cast, Sqrt

PER_IMAGE = (0, 1, 10, 50, 100, 200, 300, 400, 500)
"""Lower ends of the classes of masks per image; the first is images without objects."""
SIZES = tuple(step / 20 for step in range(20))
CONCAVITIES = tuple(step / 20 for step in range(20))
CELLS = 16
"""Rows and columns of the map of where masks lie."""


def size() -> ExpressionWrapper[Any]:
    """Return an object's size: the root of its area's share of the image."""
    whole = Cast(F("image__width"), FloatField()) * F("image__height")
    return ExpressionWrapper(Sqrt(Cast(F("area"), FloatField()) / whole), output_field=FloatField())


def between(lower: float, upper: float | None, name: str) -> Q:
    """Return what asks for a number from `lower` on, below `upper`; the last class has no end."""
    found = Q(**{f"{name}__gte": lower})
    return found if upper is None else found & Q(**{f"{name}__lt": upper})


def ends(bounds: tuple[float, ...]) -> list[tuple[float, float | None]]:
    """Return lower and upper end of each class."""
    return list(zip(bounds, [*bounds[1:], None], strict=True))


def sized(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add `size` to objects."""
    measured: QuerySet[Any] = rows.alias(size=size())
    return measured

"""Which images a bar, a part or a label of the data set's pages means: `?only=NAME:VALUE`.

Each function gets the images and the value, and returns those meant, with the words that complete "Images …". A value
that means nothing raises ValueError."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotator.annotations.models import Annotation
from annotator.datasets import buckets
from annotator.datasets.choices import Part
from annotator.datasets.models import Figures
from annotator.projects.models import Image, Label

Narrowed = tuple[QuerySet[Image], str]


def in_part(images: QuerySet[Image], value: str) -> Narrowed:
    """Images that somebody put into a part by hand."""
    part = Part(value)
    return images.filter(placed__part=part), f"put into {part.value} by hand"


def with_count(images: QuerySet[Image], value: str) -> Narrowed:
    """Images with so many masks, `LOWER-UPPER`, the upper end left out."""
    lower, upper = _ends(value)
    if upper is not None and upper <= 1:
        return images.filter(object_count=0), "without masks"
    words = f"with {lower:g} masks or more" if upper is None else f"with {lower:g} to {upper - 1:g} masks"
    return images.filter(buckets.between(lower, upper, "object_count")), words


def with_size(images: QuerySet[Image], value: str) -> Narrowed:
    """Images with a mask of this size, the root of its share of the image."""
    return _holding(images, buckets.sized(_objects()), value, "size", "relative size")


def with_concavity(images: QuerySet[Image], value: str) -> Narrowed:
    """Images with a mask of this concavity."""
    return _holding(images, _objects(), value, "shape_row__concavity", "concavity")


def with_labels(images: QuerySet[Image], value: str) -> Narrowed:
    """Images that hold every label of `ID+ID`; an empty one is a mask without label."""
    wanted = [uuid.UUID(one) if one else None for one in value.split("+")]
    for one in wanted:
        images = images.filter(Exists(_objects().filter(image=OuterRef("pk"), label=one)))
    names = dict(Label.objects.filter(pk__in=[one for one in wanted if one]).values_list("pk", "name"))
    said = [f"“{names[one]}”" if one in names else "a mask without a label" for one in wanted]
    return images, "with " + " and ".join(said)


def with_centre(images: QuerySet[Image], value: str) -> Narrowed:
    """Images with a mask whose middle lies in the cell `COLUMN,ROW` of the map."""
    column, row = (int(part) for part in value.split(","))
    if not (0 <= column < buckets.CELLS and 0 <= row < buckets.CELLS):
        raise ValueError(value)
    inside = Q()
    for axis, at in (("x", column), ("y", row)):
        upper = None if at == buckets.CELLS - 1 else (at + 1) / buckets.CELLS
        inside &= buckets.between(at / buckets.CELLS, upper, f"shape_row__{axis}")
    holding = Exists(_objects().filter(inside, image=OuterRef("pk")))
    return images.filter(holding), f"with a mask whose middle is in column {column + 1}, row {row + 1} of the map"


def near_duplicates(images: QuerySet[Image], value: str) -> Narrowed:
    """Images that look like another one; like those of one group, where the value names it."""
    if value:
        return images.filter(fingerprint__cluster=uuid.UUID(value)), "that look the same"
    return images.exclude(fingerprint__cluster=None).exclude(fingerprint=None), "that look like another one"


def outliers(images: QuerySet[Image], value: str) -> Narrowed:
    """Images with a mask that is far larger or smaller than others of its label, as last measured."""
    if value:
        raise ValueError(value)
    reports = Figures.objects.filter(project__in=images.order_by().values("project"))
    named = {one["image"] for row in reports for one in row.report.get("outliers", [])}
    return images.filter(pk__in=named), "with a mask far larger or smaller than others of its label"


NARROWINGS: dict[str, Callable[[QuerySet[Image], str], Narrowed]] = {
    "part": in_part, "masks": with_count, "size": with_size, "concavity": with_concavity, "labels": with_labels,
    "centre": with_centre, "duplicates": near_duplicates, "outliers": outliers,
}  # fmt: skip


def _objects() -> QuerySet[Annotation]:
    return Annotation.objects.filter(deleted_at=None)


def _holding(images: QuerySet[Image], rows: QuerySet[Any], value: str, name: str, words: str) -> Narrowed:
    lower, upper = _ends(value)
    holding = Exists(rows.filter(buckets.between(lower, upper, name), image=OuterRef("pk")))
    said = f"{lower:g} or more" if upper is None else f"{lower:g} to {upper:g}"
    return images.filter(holding), f"with a mask of {words} {said}"


def _ends(value: str) -> tuple[float, float | None]:
    """`LOWER-UPPER` or `LOWER-` as numbers."""
    lower, dash, upper = value.partition("-")
    ends = (float(lower), float(upper) if upper else None)
    if not dash or not all(math.isfinite(end) and 0 <= end < 2**31 for end in ends if end is not None):
        raise ValueError(value)
    return ends

"""Comparing the finished copies of images, each time one of them is another."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from itertools import combinations
from typing import Any

from django.db import transaction

from annotator.agreement.copies import Copy, copies_of, finished, objects_on, shape_of
from annotator.agreement.matching import Shape, boundary_iou, groups
from annotator.agreement.models import Compared
from annotator.projects.choices import ImageState
from annotator.projects.models import Image, Project
from export.rle import iou

AT_ONCE = 40
"""Images that one look at the numbers compares; most were when their last copy was done."""


def state_said(image: Image, before: str, actor: Any) -> None:
    """Somebody said how far a copy is: compare it with the others, when nobody stands in line for it any more."""
    if image.copy_of_id is not None and image.state == ImageState.DONE:
        transaction.on_commit(partial(look_at, image.copy_of_id))


def look_at(image: uuid.UUID) -> None:
    """Compare the copies of one image if two are done."""
    original = Image.objects.filter(pk=image).select_related("project").first()
    copies = finished(copies_of([image])[image])
    if original is not None and len(copies) > 1:
        _compare(original.project, image, copies)


def catch_up(project: Project) -> int:
    """Compare what changed since, `AT_ONCE` images at most; return how many images are left to compare."""
    found = {pk: finished(rows) for pk, rows in copies_of(project.images.all()).items()}
    comparable = {pk: copies for pk, copies in found.items() if len(copies) > 1}
    known = dict(Compared.objects.filter(project=project).values_list("image", "state"))
    Compared.objects.filter(image__in=[pk for pk in known if pk not in comparable]).delete()
    stale = [pk for pk, copies in comparable.items() if known.get(pk) != state_of(copies)]
    for pk in stale[:AT_ONCE]:
        _compare(project, pk, comparable[pk])
    return max(0, len(stale) - AT_ONCE)


def state_of(copies: Sequence[Copy]) -> str:
    """Return what changes whenever one of these copies does, or its person."""
    return " ".join(f"{copy.id}:{copy.seq}:{copy.person}" for copy in copies)


def _compare(project: Project, image: uuid.UUID, copies: Sequence[Copy]) -> None:
    on = objects_on(copies)
    people = [[shape_of(row) for row in on[copy.id]] for copy in copies]
    units, pairs = compared(people)
    values = {
        "project": project, "state": state_of(copies), "units": units, "pairs": pairs,
        "people": [str(copy.person) if copy.person else "" for copy in copies],
    }  # fmt: skip
    Compared.objects.update_or_create(image_id=image, defaults=values)


def compared(people: Sequence[Sequence[Shape]]) -> tuple[list[list[str | None]], list[list[float | int]]]:
    """Return the objects that these people made, as `Compared` keeps them: `units` and `pairs`."""
    units: list[list[str | None]] = []
    pairs: list[list[float | int]] = []
    for at, group in enumerate(groups(people)):
        units.append([people[who][group[who]].label if who in group else None for who in range(len(people))])
        for a, b in combinations(sorted(group), 2):
            one, other = people[a][group[a]], people[b][group[b]]
            pairs.append([at, a, b, round(iou(one.rle, other.rle), 4), round(boundary_iou(one, other), 4)])
    return units, pairs

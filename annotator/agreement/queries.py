"""Which images wait for merging, and what a list shows of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from annotator.accounts.access import Person
from annotator.accounts.models import User
from annotator.agreement.copies import (
    Copy,
    copies_of,
    finished,
    merged,
    objects_on,
    overlapping,
    shape_of,
    waiting,
)
from annotator.agreement.matching import groups
from annotator.agreement.merging import voted
from annotator.agreement.models import Compared, Merged
from annotator.agreement.numbers import sees_people
from annotator.jobs.models import CopyGiven
from annotator.projects.choices import ImageState
from annotator.projects.models import Image, Project


def images_in(project: Project, state: str) -> QuerySet[Image]:
    """Return the images of several people: "waiting" for merging, "merged", or "open" (nobody is done yet)."""
    images = overlapping(project)
    if state == "merged":
        return merged(images)
    ready = waiting(images)
    return (
        ready
        if state == "waiting"
        else images.exclude(pk__in=ready.values("pk")).exclude(pk__in=merged(images).values("pk"))
    )


def rows_of(images: Sequence[Image], *, people: bool) -> list[dict[str, Any]]:
    """Return what a list shows of each image: who is done with it, how far they agree, and how it was merged. Without
    `people` nobody is named."""
    pks = [image.pk for image in images]
    copies = copies_of(pks)
    known = Compared.objects.in_bulk(pks)
    merges = {row.image_id: row for row in Merged.objects.filter(image__in=pks, undone=None).select_related("actor")}
    names = names_of([copy for rows in copies.values() for copy in rows]) if people else {}
    return [
        {
            "image": image,
            "copies": [{"person": names.get(copy.person), "done": copy.done} for copy in copies[image.pk]],
            "done": sum(copy.done for copy in copies[image.pk]),
            "agreed": _agreed(known.get(image.pk)),
            "merged": merges.get(image.pk),
        }
        for image in images
    ]


def names_of(copies: Sequence[Copy]) -> dict[uuid.UUID | None, User]:
    """Return the people of these copies."""
    found = User.objects.filter(pk__in={copy.person for copy in copies if copy.person})
    return {user.pk: user for user in found}


def _agreed(row: Compared | None) -> dict[str, int] | None:
    """Return of how many objects all people say the same, and of how many they do not; None: not compared yet."""
    if row is None:
        return None
    alike = sum(None not in unit and len(set(unit)) == 1 for unit in row.units)
    return {"objects": len(row.units), "alike": alike}


def at_work(user: Person, image: Image) -> bool:
    """Tell whether this person still works on a copy of the image, and so must not see the others."""
    mine = CopyGiven.objects.filter(original=image, person=user.pk, copy__deleted_at=None)
    held = mine.filter(copy__in_job__job__assignee=user.pk)
    return user.pk is not None and held.exclude(copy__state=ImageState.DONE).exists()


def copies_beside(user: Person, image: Image) -> dict[str, Any]:
    """Return the finished copies of an image beside each other: {"copies": each with its person, "objects": what may be
    one object, and each person's part in it, "unfinished", "merged", "at_work"}. Who still works on a copy sees none;
    who does not see the numbers of people here sees no names."""
    every = copies_of([image.pk])[image.pk]
    merge = Merged.objects.filter(image=image, undone=None).select_related("actor", "person").first()
    hidden = at_work(user, image)
    done = [] if hidden else finished(every)
    on = objects_on(done)
    names = names_of(done) if sees_people(user, image.project) else {}
    shown = [
        {
            "id": copy.id,
            "person": copy.person,
            "name": _name(copy, at, names),
            "seq": copy.seq,
            "count": len(on[copy.id]),
        }
        for at, copy in enumerate(done, 1)
    ]
    people = [on[copy.id] for copy in done]
    votes = {row.pk for row in voted(people)}
    found = groups([[shape_of(row) for row in rows] for rows in people])
    objects = [
        {
            "number": number,
            "chosen": next((pk for who, at in group.items() if (pk := people[who][at].pk) in votes), None),
            "cells": [people[who][group[who]] if who in group else None for who in range(len(done))],
            "alike": len(group) == len(done) and len({people[who][at].label_id for who, at in group.items()}) == 1,
        }
        for number, group in enumerate(found, 1)
    ]
    return {
        "copies": shown,
        "objects": objects,
        "unfinished": sum(not copy.done for copy in every),
        "merged": merge,
        "at_work": hidden,
    }


def _name(copy: Copy, at: int, names: dict[uuid.UUID | None, User]) -> str:
    if copy.person in names:
        return names[copy.person].name
    return f"Person {at}"

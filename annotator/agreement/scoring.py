"""Scores by gold: how much of the truth people find, and call as it is called."""

from __future__ import annotations

import uuid
from collections import defaultdict
from functools import partial
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from annotator.accounts.models import User
from annotator.agreement.copies import shape_of
from annotator.agreement.gold import rule_of
from annotator.agreement.matching import match
from annotator.agreement.models import Scored
from annotator.agreement.numbers import sees_people
from annotator.annotations.models import Annotation
from annotator.jobs.models import CopyGiven
from annotator.lib.shares import share_of
from annotator.projects.choices import ImageState
from annotator.projects.models import Image, Project

AT_ONCE = 40


def state_said(image: Image, before: str, actor: Any) -> None:
    """Somebody said how far a copy is: score it when nobody stands in line for it any more."""
    if image.copy_of_id is not None and image.state == ImageState.DONE:
        transaction.on_commit(partial(look_at, image.project, image.pk))


def look_at(project: Project, copy: uuid.UUID) -> None:
    """Score a copy, if it is one of gold and done."""
    for pk, about in _finished(CopyGiven.objects.filter(copy=copy)).items():
        _score(project, pk, *about)


def catch_up(project: Project) -> int:
    """Score what changed since, `AT_ONCE` copies at most; return how many are left."""
    wanted = _finished(CopyGiven.objects.filter(original__project=project))
    known = dict(Scored.objects.filter(project=project).values_list("copy", "state"))
    Scored.objects.filter(copy__in=[pk for pk in known if pk not in wanted]).delete()
    stale = [copy for copy, (_, _, state) in wanted.items() if known.get(copy) != state]
    for copy in stale[:AT_ONCE]:
        _score(project, copy, *wanted[copy])
    return max(0, len(stale) - AT_ONCE)


def _finished(given: QuerySet[CopyGiven]) -> dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID, str]]:
    """Return the copies of gold that are done: each with its original, its person and what changes when one of both
    does."""
    there = {"original__deleted_at": None, "copy__deleted_at": None}
    rows = given.filter(gold=True, original__gold=True, copy__state=ImageState.DONE, **there)
    columns = ("copy", "original", "person", "original__annotation_seq", "copy__annotation_seq")
    return {copy: (original, person, f"{a}:{b}") for copy, original, person, a, b in rows.values_list(*columns)}


def _score(project: Project, copy: uuid.UUID, original: uuid.UUID, person: uuid.UUID, state: str) -> None:
    values = _compared(original, copy) | {"project": project, "person_id": person, "state": state}
    Scored.objects.update_or_create(copy_id=copy, defaults=values)


def _compared(original: uuid.UUID, copy: uuid.UUID) -> dict[str, Any]:
    live = Annotation.objects.filter(deleted_at=None)
    truth, theirs = ([shape_of(row) for row in live.filter(image=image)] for image in (original, copy))
    pairs = match(truth, theirs)
    right = sum(truth[pair.first].label == theirs[pair.second].label for pair in pairs)
    return {
        "right": right,
        "named_wrong": len(pairs) - right,
        "missed": len(truth) - len(pairs),
        "extra": len(theirs) - len(pairs),
        "iou_sum": sum(pair.iou for pair in pairs),
    }


def scores_of(project: Project) -> dict[uuid.UUID, dict[str, Any]]:
    """Return each person's score, of those who are done with a gold image: {"images", "objects", "right",
    "named_wrong", "missed", "extra", "score", "low", "high", "iou", "more_objects", "more_images"}."""
    by_person: dict[uuid.UUID, list[Scored]] = defaultdict(list)
    for row in Scored.objects.filter(project=project).order_by("pk"):
        by_person[row.person_id].append(row)
    return {person: _summed(rows) for person, rows in by_person.items()}


def _summed(rows: list[Scored]) -> dict[str, Any]:
    sums = {name: sum(getattr(row, name) for row in rows) for name in ("right", "named_wrong", "missed", "extra")}
    judged = [row.right + row.named_wrong + row.missed + row.extra for row in rows]
    found, objects = sums["right"] + sums["named_wrong"], sum(judged)
    about = share_of([row.right for row in rows], judged)
    per_image = objects / len(rows)
    return sums | {
        "images": len(rows),
        "objects": objects,
        "score": round(about.value, 4) if about else None,
        "low": round(about.low, 4) if about else None,
        "high": round(about.high, 4) if about else None,
        "iou": round(sum(row.iou_sum for row in rows) / found, 4) if found else None,
        "more_objects": about.more if about else None,
        "more_images": ceil(about.more / per_image) if about and per_image else None,
    }


def gold_for(user: User, project: Project) -> dict[str, Any]:
    """Return the gold of a project as this person may see it: who does not see the numbers of others sees their own."""
    left = catch_up(project)
    everybody = sees_people(user, project)
    found = {pk: row for pk, row in scores_of(project).items() if everybody or pk == user.pk}
    names = {person.pk: person.name for person in User.objects.filter(pk__in=found)}
    people = [{"person": {"id": str(pk), "name": names[pk]}} | row for pk, row in found.items()]
    return {
        "every": rule_of(project).every,
        "images": project.images.filter(gold=True).count(),
        "left": left,
        "people": sorted(people, key=lambda row: row["person"]["name"]),
    }

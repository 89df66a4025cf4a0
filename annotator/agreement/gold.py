"""Gold: images whose objects are the truth, hidden as copies among what people work on.

A gold image comes into a job when the job comes to a person, and leaves it with them, so that the pool stays free for
everybody and nobody meets an image twice. Nothing but chance decides which of the gold images it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from random import SystemRandom
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotator.accounts.models import User
from annotator.agreement.models import GoldRule
from annotator.agreement.telling import tell_gold
from annotator.annotations.models import Annotation
from annotator.jobs.models import CopyGiven, Job, JobImage
from annotator.jobs.queries import unfinished
from annotator.lib.turns import write_in_turn
from annotator.projects.choices import ImageState
from annotator.projects.copies import make_copies, untouched
from annotator.projects.models import Image, Project


def mark(
    project: Project, by: User, images: Sequence[uuid.UUID], *, gold: bool
) -> tuple[list[uuid.UUID], list[dict[str, Any]]]:
    """Say that what is on these images is the truth, or that it is not any more. Returns those that changed, and of the
    others why not. What was scored by an image stays with who was scored until it is gold no more."""
    with write_in_turn():
        rows = project.images.select_for_update(of=("self",)).in_bulk(list(images))
        left = [{"image": pk, "message": why} for pk in images if (why := _why_not(rows.get(pk), gold=gold))]
        refused = {row["image"] for row in left}
        changed = [pk for pk, row in rows.items() if pk not in refused and row.gold != gold]
        Image.objects.filter(pk__in=changed).update(gold=gold)
        if not gold:
            _withdraw(Image.with_bin.filter(copy_of__in=changed, given__gold=True))
        if changed:
            tell_gold(project, by, len(changed), gold=gold)
    return changed, left


def _why_not(image: Image | None, *, gold: bool) -> str:
    if image is None:
        return "This image is not in the project (any more)."
    if not gold:
        return ""
    if image.state != ImageState.DONE:
        return f"{image.path} is not done. Finish it first: what is on it is what people are scored by."
    if not image.object_count:
        return f"{image.path} has no objects, so nobody could be scored by it."
    return ""


def narrowed(images: QuerySet[Image], value: str) -> tuple[QuerySet[Image], str]:
    """Return the images that are gold. Raises ValueError for another value than "yes"."""
    if value != "yes":
        raise ValueError(value)
    return images.filter(gold=True), "that are gold"


def rule_of(project: Project) -> GoldRule:
    """Return how much gold is hidden; none where nobody has said."""
    return GoldRule.objects.filter(project=project).first() or GoldRule(project=project)


def set_rule(project: Project, by: User, every: int) -> None:
    """Hide a gold image among every so many images of a job from now on, also in the jobs that people have; 0: none."""
    with write_in_turn():
        GoldRule.objects.update_or_create(project=project, defaults={"every": every})
        tell_gold(project, by, every, rule=True)
        if not every:
            return
        for job in unfinished(project.jobs.filter(assignee__isnull=False)).select_for_update(of=("self",)):
            assert job.assignee_id is not None
            hide([job.pk], job.assignee_id)


def hide(jobs: Sequence[uuid.UUID], person: uuid.UUID) -> None:
    """Put gold into jobs that a person has, as much as the rule says and as there is that they do not know."""
    for job in Job.objects.filter(pk__in=jobs).select_related("project"):
        every = rule_of(job.project).every
        if not every:
            continue
        there = JobImage.objects.filter(job=job)
        hidden = there.filter(image__given__gold=True).distinct().count()
        _put(job, person, -(-(there.count() - hidden) // every) - hidden)


def _put(job: Job, person: uuid.UUID, count: int) -> None:
    unknown = list(unknown_to(person, job.project).order_by("pk").values_list("pk", flat=True)) if count > 0 else []
    chosen = SystemRandom().sample(unknown, min(count, len(unknown)))
    copies = make_copies(chosen)
    JobImage.objects.bulk_create(JobImage(job=job, image=copy) for copy in copies.values())
    CopyGiven.objects.bulk_create(
        CopyGiven(original_id=pk, copy=copy, person_id=person, gold=True) for pk, copy in copies.items()
    )


def unknown_to(person: uuid.UUID, project: Project) -> QuerySet[Image]:
    """Return the gold images of a project that a person has not had, and on which nothing is theirs."""
    had = CopyGiven.objects.filter(original=OuterRef("pk"), person=person)
    made = Annotation.objects.filter(image=OuterRef("pk"), author=person)
    given = Q(in_job__job__assignee=person)
    return project.images.filter(~Exists(had), ~Exists(made), gold=True).exclude(given)


def leave(jobs: QuerySet[Job]) -> None:
    """Take gold out of jobs that leave who has them: what was done on it stays theirs, and the rest goes."""
    _withdraw(Image.with_bin.filter(in_job__job__in=jobs.order_by().values("pk"), given__gold=True))


def _withdraw(copies: QuerySet[Image]) -> None:
    """Delete copies on which nothing was done; the others leave their jobs."""
    pks = list(copies.values_list("pk", flat=True))
    rows = Image.with_bin.filter(pk__in=pks)
    fresh = list(untouched(rows).values_list("pk", flat=True))
    Image.with_bin.filter(pk__in=fresh).delete()
    JobImage.objects.filter(image__in=pks).delete()

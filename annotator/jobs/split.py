"""Splitting images of a project into jobs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, pairwise
from random import SystemRandom
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from annotator.accounts.models import User
from annotator.jobs.checks import check_due, hold_workers, refused
from annotator.jobs.choices import Priority
from annotator.jobs.models import Job, JobImage
from annotator.jobs.overlap import check_overlap, given
from annotator.jobs.telling import tell_given
from annotator.lib.errors import ApiError
from annotator.lib.turns import write_in_turn
from annotator.lib.words import counted
from annotator.projects.choices import ImageState
from annotator.projects.copies import make_copies
from annotator.projects.filters import narrowed
from annotator.projects.models import Image, Project
from annotator.projects.models.image import IN_ORDER

MAX_JOBS = 1000
"""In one go."""
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a lead asks for: which images (these ids, or all that match), how many of them, how many in each job, and
    whose they are. `take` takes them out of the jobs that they are in. `overlap` gives each image to so many people, as
    copies: each part of the images becomes so many jobs. Exactly one of `jobs` and `size` is set."""

    images: Sequence[uuid.UUID] | None = None
    matching: dict[str, Any] = field(default_factory=dict)
    sample: int | None = None
    take: bool = False
    jobs: int | None = None
    size: int | None = None
    assignees: Sequence[uuid.UUID] = ()
    name: str = ""
    priority: int = Priority.NORMAL
    due: date | None = None
    overlap: int = 1


@dataclass(frozen=True, slots=True)
class Made:
    """The new jobs; and how many of the chosen images were left out as they are in a job, or done."""

    jobs: list[Job]
    images: int
    in_jobs: int
    done: int


def split(project: Project, by: User, wanted: Wanted) -> Made:
    """Make jobs. Images that are in a job already, or done, are left out. Raises ApiError with a sentence when nothing
    is left, and for numbers, people and days that cannot be."""
    check_due({"due": wanted.due})
    with write_in_turn():
        # Two leads who split at once do it one after the other.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        chosen = _chosen(project, wanted)
        if wanted.take:
            _take_out(chosen)
        free = chosen.filter(~Exists(Image.workable.filter(copy_of=OuterRef("pk"))), in_job=None)
        left = list(free.exclude(state=ImageState.DONE).order_by(*IN_ORDER).values_list("pk", flat=True))
        total, unjobbed = chosen.count(), free.count()
        if not left:
            raise _nothing(total, unjobbed, wanted)
        images = _drawn(left, wanted.sample)
        parts = [part for part in _dealt(images, wanted) for _ in range(wanted.overlap)]
        people: list[User | None] = [*hold_workers(project, list(dict.fromkeys(wanted.assignees)), "assignees")]
        check_overlap(project, wanted.overlap, [person for person in people if person])
        jobs = _make(project, by, wanted, parts, people or [None])
    return Made(jobs, len(images), total - unjobbed, unjobbed - len(left))


def _chosen(project: Project, wanted: Wanted) -> QuerySet[Image]:
    if wanted.images is None:
        return narrowed(project.images.all(), wanted.matching)
    rows = project.images.filter(pk__in=wanted.images)
    if missing := len(set(wanted.images)) - rows.count():
        raise refused("images", f"{counted(missing, 'image')} of these are not in this project (any more).")
    return rows


def _take_out(images: QuerySet[Image]) -> None:
    """Take images that are not done out of their jobs; a job that held no others goes."""
    places = JobImage.objects.filter(image__in=images.exclude(state=ImageState.DONE).order_by().values("pk"))
    jobs = list(places.order_by().values_list("job", flat=True).distinct())
    places.delete()
    Job.objects.filter(pk__in=jobs, places=None).delete()


def _nothing(total: int, unjobbed: int, wanted: Wanted) -> ApiError:
    if total == 0:
        whole = "This project has no images yet. Add some first."
        sentence = "No image matches. Choose others." if wanted.matching or wanted.images is not None else whole
    elif unjobbed == 0:
        sentence = f"{counted(total, 'image')} would be it, but all are in jobs already. Delete those jobs first."
    else:
        sentence = "What is not in a job yet is done already, so there is nothing to hand out."
    return refused("images", sentence)


def _drawn(images: list[uuid.UUID], sample: int | None) -> list[uuid.UUID]:
    """Draw at random; what was drawn stays in the project's order."""
    if sample is None:
        return images
    if sample > len(images):
        raise refused("sample", f"There are only {counted(len(images), 'image')} to draw from.")
    drawn = set(SystemRandom().sample(range(len(images)), sample))
    return [pk for at, pk in enumerate(images) if at in drawn]


def _dealt(images: list[uuid.UUID], wanted: Wanted) -> list[list[uuid.UUID]]:
    """Cut into parts that follow each other and differ by one image at most."""
    parts = wanted.jobs or -(-len(images) // (wanted.size or 1))
    if parts > len(images):
        raise refused("jobs", f"{counted(len(images), 'image')} cannot fill {parts} jobs. Ask for fewer.")
    if (made := parts * wanted.overlap) > MAX_JOBS:
        raise refused("size", f"That would be {made} jobs; {MAX_JOBS} can be made at once. Put more images in each.")
    least, more = divmod(len(images), parts)
    ends = accumulate((least + (at < more) for at in range(parts)), initial=0)
    return [images[begin:end] for begin, end in pairwise(ends)]


def _make(
    project: Project, by: User, wanted: Wanted, parts: list[list[uuid.UUID]], people: Sequence[User | None]
) -> list[Job]:
    """Write jobs, each person's turn after the other's, and their images."""
    last = project.jobs.aggregate(last=Max("number"))["last"] or 0
    jobs = Job.objects.bulk_create(
        Job(
            project=project, number=last + at + 1, name=wanted.name, priority=wanted.priority, due=wanted.due,
            assignee=people[at % len(people)], created_by=by,
        )
        for at in range(len(parts))
    )  # fmt: skip
    places: list[JobImage] = []
    for job, part in zip(jobs, parts, strict=True):
        copies = make_copies(part) if wanted.overlap > 1 else {}
        places += (JobImage(job=job, image_id=copies[pk].pk if copies else pk) for pk in part)
    JobImage.objects.bulk_create(places, batch_size=BATCH)
    for person in filter(None, people):
        given([job.pk for job in jobs if job.assignee == person], person.pk)
    for person in filter(None, people):
        tell_given(project, by, [job for job in jobs if job.assignee == person], person)
    return jobs

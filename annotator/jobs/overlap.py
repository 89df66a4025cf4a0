"""The same images for several people: each gets copies (`projects/copies.py`), in a job of their own.

`CopyGiven` remembers who was given which copy, so that nobody gets the same image twice. Whoever calls holds the
person's membership, so that two hands cannot give one person two copies at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import F, QuerySet

from annotator.accounts.models import User
from annotator.jobs import queries
from annotator.jobs.checks import refused
from annotator.jobs.extensions import jobs_given, jobs_taken_back
from annotator.jobs.models import CopyGiven, Job, JobImage
from annotator.projects.copies import untouched
from annotator.projects.models import Image, Project

BATCH = 2000


def check_overlap(project: Project, overlap: int, people: Sequence[User]) -> None:
    """Raise ApiError for an overlap that is larger than the number of people there are for it: those named, else all
    who annotate in the project."""
    if overlap == 1:
        return
    there = len(people) or queries.workers_of(project).count()
    if there < overlap:
        said = "1 person" if there == 1 else f"{there} people"
        where = f"you ticked only {said}" if people else f"{said} may annotate in this project"
        raise refused("overlap", f"Each image is to go to {overlap} people, but {where}. Ask for less, or add people.")


def check_fit(jobs: QuerySet[Job], person: User) -> None:
    """Raise ApiError when a person who gets these jobs would see an image twice: they were given another copy of it, or
    two of the jobs have it."""
    places = JobImage.objects.filter(job__in=jobs.order_by().values("pk"), image__copy_of__isnull=False)
    copies = places.exclude(image__given__gold=True)
    originals = list(copies.values_list("image__copy_of", flat=True))
    twice = len(originals) != len(set(originals))
    if twice or queries.second_copies(person.pk).filter(job__in=jobs.order_by().values("pk")).exists():
        raise refused(
            "assignee",
            f"{person.name} would get an image a second time: these jobs are for different people. Choose another.",
        )


def given(jobs: Sequence[uuid.UUID], person: uuid.UUID) -> None:
    """Remember that a person was given the copies in these jobs."""
    copies = Image.with_bin.filter(in_job__job__in=jobs, copy_of__isnull=False).values_list("pk", "copy_of")
    known = set(CopyGiven.objects.filter(person=person, copy__in_job__job__in=jobs).values_list("copy", flat=True))
    rows = (
        CopyGiven(copy_id=pk, original_id=original, person_id=person)
        for pk, original in copies
        if original and pk not in known
    )
    CopyGiven.objects.bulk_create(rows, batch_size=BATCH)
    jobs_given(jobs, person)


def taken_back(jobs: QuerySet[Job]) -> None:
    """Forget who had these jobs where nothing was done on the copies; before the jobs leave the person."""
    jobs_taken_back(jobs)
    of_jobs = Image.with_bin.filter(in_job__job__in=jobs.order_by().values("pk"))
    here = CopyGiven.objects.filter(copy__in=untouched(of_jobs).values("pk"))
    here.filter(person=F("copy__in_job__job__assignee")).delete()


def drop_untouched(jobs: QuerySet[Job]) -> None:
    """Delete the copies in these jobs on which nothing was done: nobody needs them any more."""
    of_jobs = Image.with_bin.filter(in_job__job__in=jobs.order_by().values("pk"))
    Image.with_bin.filter(pk__in=list(untouched(of_jobs).values_list("pk", flat=True))).delete()

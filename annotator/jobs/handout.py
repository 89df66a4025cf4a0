"""Handing out work: two people never get the same job, and what was abandoned comes back.

Nobody is given two copies of one image (`overlap.py`). A job from the pool is taken on a lease, which its holder's
activity on its images renews. What has lapsed goes back when the next one asks, so no timer is needed. All of it is
conditional UPDATEs; `SKIP LOCKED` only spares those who ask at once from waiting for each other.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotator.accounts.models import User
from annotator.jobs import overlap, queries
from annotator.jobs.models import Job
from annotator.lib.claims import claim_one
from annotator.lib.errors import NotFound
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Membership, Project


def _lease() -> timedelta:
    return timedelta(minutes=settings.JOB_LEASE_MINUTES)


def lease_end() -> datetime:
    """Return when a lease taken now runs out."""
    return timezone.now() + _lease()


def next_job(project: Project, person: User) -> Job | None:
    """Return the job to go on with: an open one of the person's, else the first of the pool, taken on a lease.

    None when there is nothing to do. Raises NotFound for somebody who has left in this very moment."""
    with write_in_turn():
        # Held to the end: two tabs of one person get one job, and who leaves meanwhile takes none along.
        held = Membership.objects.select_for_update(of=("self", "user"), no_key=True).select_related("user")
        member = held.filter(project=project, user=person, user__is_active=True, role__in=queries.WORKERS).first()
        if member is None:
            raise NotFound("project")
        give_back_lapsed(project)
        mine = queries.open_for(person).filter(project=project).first()
        if mine is None:
            return _take(project, person)
        _renew(Job.objects.filter(pk=mine.pk))
        return mine


def _take(project: Project, person: User) -> Job | None:
    while True:
        waiting = queries.in_pool(project, person.pk).select_for_update(skip_locked=True, of=("self",))
        job = waiting.first()
        if job is None:
            return None
        until = lease_end()
        if claim_one(Job.objects.filter(pk=job.pk, assignee=None, paused=False), assignee=person, lease_until=until):
            job.assignee, job.lease_until = person, until
            overlap.given([job.pk], person.pk)
            return job


def renew(image: uuid.UUID, person: uuid.UUID) -> None:
    """Note that a person works on an image: the lease of their job lasts longer. Writes seldom, asks once."""
    _renew(Job.objects.filter(places__image=image, assignee_id=person))


def _renew(jobs: QuerySet[Job]) -> None:
    soon = lease_end() - _lease() / 8
    jobs.filter(lease_until__lt=soon).update(lease_until=lease_end())


def give_back_lapsed(project: Project) -> None:
    """Put into the pool what nobody works on any more: leases that ran out, and work of people who may not do it."""
    open_jobs = queries.unfinished(project.jobs.filter(assignee__isnull=False))
    _put_back(open_jobs.filter(lease_until__lt=timezone.now()))
    able = queries.workers_of(project).filter(user=OuterRef("assignee"))
    _put_back(open_jobs.exclude(Exists(able)))


def give_back_of(person: uuid.UUID, project: uuid.UUID | None = None) -> None:
    """Put a person's open jobs into the pool, in one project or in all."""
    jobs = queries.unfinished(Job.objects.filter(assignee_id=person))
    _put_back(jobs if project is None else jobs.filter(project_id=project))


def give_back(job: Job) -> None:
    """Put one job into the pool, if its holder still has it."""
    _put_back(Job.objects.filter(pk=job.pk, assignee_id=job.assignee_id))


def _put_back(jobs: QuerySet[Job]) -> None:
    overlap.taken_back(jobs)
    jobs.update(assignee=None, lease_until=None)

"""Reading jobs with their progress, in a fixed number of queries, and who may."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from annotator.accounts.access import Person, Right, get_for, may, require, roles_with, sees_all
from annotator.accounts.models import User
from annotator.jobs.choices import State
from annotator.jobs.models import CopyGiven, Job, JobImage
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.models import Image, Membership, Project
from annotator.projects.models.image import IN_ORDER

IN_TURN = ("-priority", F("due").asc(nulls_last=True), "number", "id")
"""Which job goes first: the more urgent, then the one due sooner, then the older one."""
WORKERS = roles_with(Right.ANNOTATE)
"""The roles that may have jobs."""

_LEFT = Exists(
    JobImage.objects.filter(job=OuterRef("pk"), image__deleted_at=None).exclude(image__state=ImageState.DONE)
)


_RETURNED = Exists(
    JobImage.objects.filter(job=OuterRef("pk"), image__deleted_at=None, image__review=ReviewState.RETURNED)
)
RETURNED_FIRST = Case(When(review=ReviewState.RETURNED, then=0), default=1, output_field=IntegerField())


def given_to(person: uuid.UUID | None) -> QuerySet[JobImage]:
    """Return the places of the images that a person was given; what lies in the pool is nobody's."""
    return JobImage.objects.filter(job__assignee_id=person) if person else JobImage.objects.none()


def held_by(images: QuerySet[Image], who: uuid.UUID | str) -> QuerySet[Image]:
    """Narrow images to those of a person's jobs, of jobs in the pool ("pool"), or in no job ("nobody"); an image is in
    the jobs of its copies."""
    copied = JobImage.objects.filter(image__copy_of=OuterRef("pk"))
    if who == "nobody":
        # Not a join with what is missing: that would be sorted as a whole before the first page is known.
        return images.filter(~Exists(JobImage.objects.filter(image=OuterRef("pk"))), ~Exists(copied))
    if who == "pool":
        waiting = Q(in_job__job__isnull=False, in_job__job__assignee=None)
        return images.filter(waiting | Exists(copied.filter(job__assignee=None)))
    theirs = JobImage.objects.filter(job__assignee=uuid.UUID(str(who))).order_by()
    copies = theirs.filter(image__copy_of__isnull=False)
    # By their ids: looked for image by image, a person with few would cost a walk through the whole project.
    return images.filter(pk__in=theirs.values("image").union(copies.values("image__copy_of"), all=True))


def unfinished(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Leave out the jobs whose images are all done."""
    return jobs.filter(_LEFT)


def in_pool(project: Project, person: uuid.UUID | None = None) -> QuerySet[Job]:
    """Return the jobs that wait for somebody, in turn; those that may go to a person, if one is named."""
    waiting = unfinished(project.jobs.filter(assignee=None, paused=False)).order_by(*IN_TURN)
    return waiting if person is None else fit_for(person, waiting)


def second_copies(person: uuid.UUID) -> QuerySet[JobImage]:
    """Return the places of copies of images of which a person was given another copy;
    gold leaves a job with who has it and counts for nobody else."""
    other = CopyGiven.objects.filter(person=person, original=OuterRef("image__copy_of")).exclude(copy=OuterRef("image"))
    gold = CopyGiven.objects.filter(copy=OuterRef("image"), gold=True)
    return JobImage.objects.filter(Exists(other), ~Exists(gold), image__copy_of__isnull=False)


def fit_for(person: uuid.UUID, jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Leave out the jobs in which a person would see an image again as another copy."""
    return jobs.filter(~Exists(second_copies(person).filter(job=OuterRef("pk"))))


def open_for(user: Person) -> QuerySet[Job]:
    """Return the jobs that a person has to go on with, in their projects: those with returned images, then in turn."""
    here = Q(project__memberships__user_id=user.pk, project__memberships__role__in=WORKERS)
    own = Job.objects.filter(here, assignee_id=user.pk, paused=False) if user.pk else Job.objects.none()
    return unfinished(own).annotate(back=_RETURNED).order_by("-back", *IN_TURN)


def has_work(user: Person, project: Project) -> bool:
    """Tell whether Next has something for this person."""
    if user.pk is None:
        return False
    mine = Q(assignee_id=user.pk)
    fit = Q(assignee=None) & ~Exists(second_copies(user.pk).filter(job=OuterRef("pk")))
    return unfinished(project.jobs.filter(mine | fit, paused=False)).exists()


def in_state(jobs: QuerySet[Job], state: str) -> QuerySet[Job]:
    """Narrow jobs to those in a `State`."""
    if state == State.DONE:
        return jobs.exclude(_LEFT)
    left = unfinished(jobs)
    if state == State.PAUSED:
        return left.filter(paused=True)
    return left.filter(paused=False, assignee__isnull=state == State.POOL)


def with_progress(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Add to each job its number of images, of those that are done and those a review returned, and the image to go on
    with: a returned one first."""
    places = JobImage.objects.filter(job=OuterRef("pk"), image__deleted_at=None)
    images = Image.workable.filter(in_job__job=OuterRef("pk")).exclude(state=ImageState.DONE)
    return jobs.select_related("assignee", "project").annotate(
        image_count=_count(places),
        done_count=_count(places.filter(image__state=ImageState.DONE)),
        returned_count=_count(places.filter(image__review=ReviewState.RETURNED)),
        next_image=Subquery(images.order_by(RETURNED_FIRST, *IN_ORDER).values("pk")[:1]),
    )


def listed(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Return jobs as a list shows them: those with returned images, the others in turn, those that are done."""
    return jobs.annotate(left=_LEFT, back=_RETURNED).order_by("-left", "-back", *IN_TURN)


def _count(places: QuerySet[JobImage]) -> Any:
    counted = places.order_by().values("job").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def state_of(job: Job) -> State:
    """Return how a job is. The row comes from `with_progress`."""
    if job.__dict__["image_count"] == job.__dict__["done_count"]:
        return State.DONE
    if job.paused:
        return State.PAUSED
    return State.TAKEN if job.assignee_id else State.POOL


def images_of(job: Job) -> QuerySet[Image]:
    """Return the images of a job, in the project's order."""
    return Image.workable.filter(in_job__job=job).order_by(*IN_ORDER)


def job_with(user: Person, image: Image, pk: str) -> Job | None:
    """Return the job that an image is in, if it has this id and the person sees it."""
    job = jobs_for(user, image.project).filter(places__image=image).first()
    return job if job is not None and str(job.pk) == pk else None


def jobs_for(user: Person, project: Project) -> QuerySet[Job]:
    """Return the jobs of a project that a member sees: all, or their own where annotators see no others."""
    jobs = project.jobs.all()
    return jobs if sees_all(user, project) else jobs.filter(assignee_id=user.pk)


def progress_for(user: Person, project: Project) -> dict[str, Any]:
    """Return images and how many are done: of the project, of its jobs, and of each person's; two queries. People
    without the right to manage see their own row only."""
    require(user, project, Right.VIEW)
    done = Count("pk", filter=Q(state=ImageState.DONE))
    # An image that is in a job and has copies in others, as an audit makes, is one image.
    copied = Exists(JobImage.objects.filter(image__copy_of=OuterRef("pk")))
    in_jobs = Count("pk", filter=Q(in_job__isnull=False) | Q(copied))
    whole = project.images.aggregate(images=Count("pk"), done=done, in_jobs=in_jobs)
    places = JobImage.objects.filter(job__project=project, image__deleted_at=None)
    rows = places.order_by("job__assignee__username").values("job__assignee").annotate(
        username=F("job__assignee__username"),
        first_name=F("job__assignee__first_name"),
        last_name=F("job__assignee__last_name"),
        jobs=Count("job", distinct=True),
        images=Count("pk"),
        done=Count("pk", filter=Q(image__state=ImageState.DONE)),
    )  # fmt: skip
    if not may(user, project, Right.MANAGE):
        rows = rows.filter(job__assignee_id=user.pk)
    return {**whole, "people": [_person_row(row) for row in rows]}


def _person_row(row: Mapping[str, Any]) -> dict[str, Any]:
    pk = row["job__assignee"]
    user = pk and User(pk=pk, **{name: row[name] for name in ("username", "first_name", "last_name")})
    shown = user and {"id": pk, "name": user.name}
    return {"user": shown, "jobs": row["jobs"], "images": row["images"], "done": row["done"]}


def workers_of(project: Project) -> QuerySet[Membership]:
    """Return the memberships of those who may have jobs."""
    return project.memberships.filter(role__in=WORKERS, user__is_active=True).select_related("user")


def get_job_for(user: Person, pk: uuid.UUID | str, right: Right) -> Job:
    """Return a job. Raises NotFound, also for another's job where annotators see only theirs, and Forbidden."""

    def sees(job: Job) -> bool:
        return job.assignee_id == user.pk or sees_all(user, job.project)

    rows = Job.objects.select_related("project", "assignee")
    return get_for(user, rows, pk, right, lambda job: job.project, "job", sees)

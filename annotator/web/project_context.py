"""What the pages of one project have in common: who may do what, and the numbers."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse

from annotator.accounts import access
from annotator.accounts.access import RIGHTS, Right
from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.jobs.models import Job
from annotator.projects.api.serializers import LabelSerializer
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.models import Project
from annotator.projects.queries import images_for
from annotator.reviews.choices import Mode
from annotator.reviews.queries import rule_of
from annotator.web.page import PageRequest

# The placeholder that scripts replace by an image's id.
ANY_IMAGE = "{image}"
_NIL = uuid.UUID(int=0)

ROLE_TEXTS = {
    Role.OWNER: "Everything, also deleting the project and naming other owners.",
    Role.MANAGER: "Images, labels, members, the model, and all work on masks.",
    Role.REVIEWER: "Accept or return what others made, and all that annotators do; export.",
    Role.ANNOTATOR: "Draw and correct masks.",
    Role.VIEWER: "Look at images and masks.",
}


@dataclass(frozen=True)
class Counts:
    """Numbers of one project; `waiting` (for a review), `returned`, `accepted`, `not_done` count images,
    `unlabelled` masks, `bytes` the stored images."""

    all: int
    new: int
    in_progress: int
    done: int
    waiting: int
    returned: int
    accepted: int
    not_done: int
    bytes: int
    annotations: int
    unlabelled: int
    labels: int


def counts_of(user: User, project: Project) -> Counts:
    """Count the images, masks and labels that a member sees of a project, in three queries."""
    by_state = {state: Count("pk", filter=Q(state=state)) for state in ImageState.values}
    reviewed = (ReviewState.WAITING, ReviewState.RETURNED, ReviewState.ACCEPTED)
    by_review = {str(review): Count("pk", filter=Q(review=review)) for review in reviewed}
    images = images_for(user, project).aggregate(all=Count("pk"), total=Sum("bytes"), **by_state, **by_review)
    live = Annotation.objects.filter(image__project=project, image__deleted_at=None, deleted_at=None)
    if not access.sees_all(user, project):
        live = live.filter(image__in=images_for(user, project))
    masks = live.aggregate(all=Count("pk"), bare=Count("pk", filter=Q(label=None)))
    return Counts(
        all=images["all"],
        new=images[ImageState.NEW],
        in_progress=images[ImageState.IN_PROGRESS],
        done=images[ImageState.DONE],
        waiting=images[ReviewState.WAITING],
        returned=images[ReviewState.RETURNED],
        accepted=images[ReviewState.ACCEPTED],
        not_done=images["all"] - images[ImageState.DONE],
        bytes=images["total"] or 0,
        annotations=masks["all"],
        unlabelled=masks["bare"],
        labels=project.labels.count(),
    )


def rights_of(request: PageRequest, project: Project) -> dict[str, bool]:
    """Return what the person may do here, by the names that templates and scripts use."""
    role = access.role_in(request.user, project)
    rights = RIGHTS[role] if role else frozenset()
    return {
        "annotate": Right.ANNOTATE in rights,
        "edit_images": Right.MANAGE in rights,
        "edit_settings": Right.MANAGE in rights,
        "edit_members": Right.MANAGE in rights,
        "review": Right.REVIEW in rights,
        "export": Right.EXPORT in rights,
        "delete_project": Right.OWN in rights,
    }


def roles() -> list[dict[str, str]]:
    """Return the roles with a title and what each may do, the strongest first."""
    return [{"name": role.value, "title": role.label, "text": text} for role, text in ROLE_TEXTS.items()]


def labels_json(project: Project) -> list[dict[str, Any]]:
    """Return the project's labels as the API writes them, in order."""
    return [dict(LabelSerializer(label).data) for label in project.labels.all()]


def editor_pattern(project: Project) -> str:
    """Return the editor page's address with {image} in place of an image's id."""
    return reverse("web:editor", args=[project.pk, _NIL]).replace(str(_NIL), ANY_IMAGE)


def job_pattern(job: Job) -> str:
    """Return the editor page's address with {image} in place of an image's id, for walking through one job."""
    return f"{reverse('web:editor', args=[job.project_id, _NIL]).replace(str(_NIL), ANY_IMAGE)}?job={job.pk}"


def project_context(request: PageRequest, project: Project) -> dict[str, Any]:
    """Return what every page of a project hands to its template, and the scripts' part of it as `config`."""
    counts, can = counts_of(request.user, project), rights_of(request, project)
    config = {
        "project": str(project.pk),
        "name": project.name,
        "user": str(request.user.pk),
        "can": can,
        "counts": asdict(counts),
        "urls": {"editor": editor_pattern(project)},
    }
    reviewed = counts.waiting + counts.returned + counts.accepted > 0
    about = {"has_labels": counts.labels > 0, "reviewed": reviewed or rule_of(project).mode != Mode.OFF}
    return {"project": project, "counts": counts, "can": can, "config": config, **about}


def head_context(request: PageRequest, project: Project) -> dict[str, Any]:
    """Return what a project's tabs need alone: for pages that show none of its counts, as those of 100,000 images and
    all their masks take a while."""
    images = images_for(request.user, project)
    waiting = images.filter(review=ReviewState.WAITING).count()
    reviewed = waiting > 0 or rule_of(project).mode != Mode.OFF or images.exclude(review=ReviewState.NONE).exists()
    return {
        "project": project,
        "can": rights_of(request, project),
        "counts": {"waiting": waiting},
        "reviewed": reviewed,
    }

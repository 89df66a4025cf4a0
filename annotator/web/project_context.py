"""What the pages of one project have in common: who may do what, and the numbers."""
from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse

from annotator.accounts import access
from annotator.accounts.access import RIGHTS, Right
from annotator.annotations.models import Annotation
from annotator.projects.api.serializers import LabelSerializer
from annotator.projects.choices import ImageState, Role
from annotator.projects.models import Project
from annotator.web.page import PageRequest

# The placeholder that scripts replace by an image's id.
ANY_IMAGE = "{image}"
_NIL = uuid.UUID(int=0)

ROLE_TEXTS = {
    Role.OWNER: "Everything, also deleting the project and naming other owners.",
    Role.MANAGER: "Images, labels, members, the model, and all work on masks.",
    Role.REVIEWER: "Draw, correct and review masks, and export them.",
    Role.ANNOTATOR: "Draw and correct masks.",
    Role.VIEWER: "Look at images and masks.",
}


@dataclass(frozen=True)
class Counts:
    """Numbers of one project; `not_done` counts images, `unlabelled` masks, `bytes` the stored pictures."""

    all: int
    new: int
    in_progress: int
    done: int
    not_done: int
    bytes: int
    annotations: int
    unlabelled: int
    labels: int


def counts_of(project: Project) -> Counts:
    """Count a project's images, masks and labels in three queries."""
    by_state = {state: Count("pk", filter=Q(state=state)) for state in ImageState.values}
    images = project.images.aggregate(all=Count("pk"), total=Sum("bytes"), **by_state)
    live = Annotation.objects.filter(image__project=project, image__deleted_at=None, deleted_at=None)
    masks = live.aggregate(all=Count("pk"), bare=Count("pk", filter=Q(label=None)))
    return Counts(
        all=images["all"], new=images[ImageState.NEW], in_progress=images[ImageState.IN_PROGRESS],
        done=images[ImageState.DONE], not_done=images["all"] - images[ImageState.DONE], bytes=images["total"] or 0,
        annotations=masks["all"], unlabelled=masks["bare"], labels=project.labels.count(),
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


def project_context(request: PageRequest, project: Project) -> dict[str, Any]:
    """Return what every page of a project hands to its template, and the scripts' part of it as `config`."""
    counts, can = counts_of(project), rights_of(request, project)
    config = {
        "project": str(project.pk), "name": project.name, "user": str(request.user.pk), "can": can,
        "counts": asdict(counts), "urls": {"editor": editor_pattern(project)},
    }
    return {"project": project, "counts": counts, "can": can, "has_labels": counts.labels > 0, "config": config}

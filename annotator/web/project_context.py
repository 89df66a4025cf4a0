"""What the pages of one project have in common: who may do what, and the numbers."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from annotator.accounts import access
from annotator.accounts.access import RIGHTS, Right
from annotator.accounts.choices import Role
from annotator.agreement.copies import compares
from annotator.jobs.models import Job
from annotator.projects.api.serializers import LabelSerializer
from annotator.projects.choices import ReviewState
from annotator.projects.models import Project
from annotator.projects.queries import images_for
from annotator.reviews.choices import Mode
from annotator.reviews.queries import rule_of
from annotator.web.counts import Counts
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
    """Return what every page of a project hands to its template, and the scripts' part of it as `config`. `counts` is
    counted as far as the page shows it."""
    counts, can = Counts(request.user, project), rights_of(request, project)
    config = {
        "project": str(project.pk),
        "name": project.name,
        "user": str(request.user.pk),
        "can": can,
        "urls": {"editor": editor_pattern(project)},
    }
    images = images_for(request.user, project)
    reviewed = rule_of(project).mode != Mode.OFF or images.exclude(review=ReviewState.NONE).exists()
    context = {"project": project, "counts": counts, "can": can, "config": config, "reviewed": reviewed}
    return context | {"overlapped": can["review"] and compares(project)}

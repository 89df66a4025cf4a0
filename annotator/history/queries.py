"""Reading acts, and who may."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotator.accounts.access import Person, Right, get_for
from annotator.accounts.models import User
from annotator.annotations.models import Revision
from annotator.history.choices import What
from annotator.history.models import Act
from annotator.projects.models import Membership, Project
from annotator.projects.queries import get_image_for


def acts_of(project: Project) -> QuerySet[Act]:
    """Return what was put back in a project, the newest first."""
    return Act.objects.filter(project=project).select_related("image", "actor", "undone_by", "run", "undo_run")


def get_act_for(user: Person, pk: uuid.UUID) -> Act:
    """Return an act that the person may take back: of an image whoever may change its objects, of a person's work who
    manages the project. Raises NotFound and Forbidden."""
    act = Act.objects.select_related("project", "image").filter(pk=pk).first()
    if act is not None and act.what == What.IMAGE and act.image_id is not None:
        get_image_for(user, act.image_id, Right.ANNOTATE)
        return act
    return get_for(
        user, Act.objects.select_related("project"), pk, Right.MANAGE, lambda row: row.project, "thing to undo"
    )


def workers_in(project: Project) -> QuerySet[User]:
    """Return who is a member of the project or has changed objects in it, by name."""
    changed = Revision.objects.filter(actor=OuterRef("pk"), image__project=project)
    member = Membership.objects.filter(user=OuterRef("pk"), project=project)
    return User.objects.filter(Q(Exists(changed)) | Q(Exists(member))).order_by("first_name", "last_name", "username")

"""The one door: every "may this person …" of the project is answered here.

A stranger gets 404 (they must not learn that a thing exists), a member without the right 403.
Views never write `Model.objects.all()`; they ask here for the rows of a person.
"""
from __future__ import annotations

import uuid
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from annotator.lib.errors import Forbidden, NotFound
from annotator.projects.choices import Role

if TYPE_CHECKING:
    from annotator.accounts.models import User
    from annotator.inference.models import ModelVersion
    from annotator.projects.models import Image, Label, Membership, Project
    from annotator.runs.models import Run

# Who asks: somebody who is signed in, or nobody.
Person: TypeAlias = "User | AnonymousUser"
Row = TypeVar("Row", bound=Model)


class Right(Enum):
    """What a role may be allowed to do; the value completes "You are not allowed to …"."""

    VIEW = "see this project"
    ANNOTATE = "change annotations in this project"
    REVIEW = "review in this project"
    EXPORT = "export from this project"
    MANAGE = "manage this project"
    OWN = "do what only the owners of this project may do"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.VIEW}),
    Role.ANNOTATOR: frozenset({Right.VIEW, Right.ANNOTATE}),
    Role.REVIEWER: frozenset({Right.VIEW, Right.ANNOTATE, Right.REVIEW, Right.EXPORT}),
    Role.MANAGER: frozenset(set(Right) - {Right.OWN}),
    Role.OWNER: frozenset(Right),
}
_WHO_HELPS = "Ask an owner or manager of the project for it."


def allows(role: Role | str, right: Right) -> bool:
    """Tell whether a role carries a right."""
    return right in RIGHTS[Role(role)]


def role_in(user: Person, project: Project) -> Role | None:
    """Return the person's role in the project, or None for a stranger. Asked once per project object."""
    if user.pk is None:
        return None
    known: dict[uuid.UUID | None, Role | None] = project.__dict__.setdefault("_roles", {})
    if user.pk not in known:
        found = project.memberships.filter(user_id=user.pk).values_list("role", flat=True).first()
        known[user.pk] = Role(found) if found else None
    return known[user.pk]


def require(user: Person, project: Project, right: Right, what: str = "project") -> Role:
    """Return the person's role. Raises NotFound for a stranger and Forbidden for a member without the right."""
    role = role_in(user, project)
    if role is None:
        raise NotFound(what)
    if not allows(role, right):
        raise Forbidden(f"You are not allowed to {right.value}: your role in it is {role.value}. {_WHO_HELPS}")
    return role


def current_user(request: Request) -> User:
    """Return who asks; the API lets nobody in without signing in, so there is somebody."""
    if isinstance(request.user, AnonymousUser):
        raise NotAuthenticated
    return request.user


def require_admin(user: Person) -> None:
    """Raise Forbidden unless the person administers this installation."""
    if not user.is_staff:
        raise Forbidden("Only an administrator of this installation may do this.")


def get_for(
    user: Person,
    rows: QuerySet[Row],
    pk: uuid.UUID | str,
    right: Right,
    project_of: Callable[[Row], Project | None],
    what: str,
) -> Row:
    """Return the row with this key, if the person has the right in its project.

    `rows` should select_related the way to the project. Raises NotFound and Forbidden.
    """
    row = rows.filter(pk=pk).first()
    project = project_of(row) if row is not None else None
    if row is None or project is None:
        raise NotFound(what)
    require(user, project, right, what)
    return row


def projects_of(user: Person) -> QuerySet[Project]:
    """Return the projects this person is a member of."""
    from annotator.projects.models import Project

    return Project.objects.filter(memberships__user_id=user.pk) if user.pk else Project.objects.none()


def get_project_for(user: Person, pk: uuid.UUID | str, right: Right) -> Project:
    """Return a project. Raises NotFound and Forbidden."""
    from annotator.projects.models import Project

    return get_for(user, Project.objects.select_related("model_version"), pk, right, lambda row: row, "project")


def get_image_for(user: Person, pk: uuid.UUID | str, right: Right) -> Image:
    """Return an image, with its project and the project's model version. Raises NotFound and Forbidden."""
    from annotator.projects.models import Image

    rows = Image.objects.select_related("project__model_version")
    return get_for(user, rows, pk, right, lambda row: row.project, "image")


def get_binned_image_for(user: Person, pk: uuid.UUID | str, right: Right) -> Image:
    """Return an image that lies in its project's bin. Raises NotFound and Forbidden."""
    from annotator.projects.models import Image

    rows = Image.with_bin.exclude(deleted_at=None).select_related("project__model_version")
    return get_for(user, rows, pk, right, lambda row: row.project, "image in the bin")


def get_label_for(user: Person, pk: uuid.UUID | str, right: Right) -> Label:
    """Return a label. Raises NotFound and Forbidden."""
    from annotator.projects.models import Label

    return get_for(user, Label.objects.select_related("project"), pk, right, lambda row: row.project, "label")


def get_member_for(user: Person, pk: uuid.UUID | str, right: Right) -> Membership:
    """Return a membership. Raises NotFound and Forbidden."""
    from annotator.projects.models import Membership

    rows = Membership.objects.select_related("project", "user")
    return get_for(user, rows, pk, right, lambda row: row.project, "member")


def runs_of(user: Person) -> QuerySet[Run]:
    """Return the runs of this person's projects, and those without a project that they asked for."""
    from django.db.models import Q

    from annotator.runs.models import Run

    return Run.objects.filter(Q(project__in=projects_of(user)) | Q(project=None, requested_by_id=user.pk))


def get_run_for(user: Person, pk: uuid.UUID | str, right: Right) -> Run:
    """Return a run; one without a project belongs to who asked for it and to administrators."""
    from annotator.runs.models import Run

    row = Run.objects.select_related("project").filter(pk=pk).first()
    if row is None:
        raise NotFound("run")
    if row.project is not None:
        require(user, row.project, right, "run")
    elif row.requested_by_id != user.pk and not user.is_staff:
        raise NotFound("run")
    return row


def get_run_to_change(user: Person, pk: uuid.UUID | str) -> Run:
    """Return a run that this person may cancel or start again: who asked for it, and the project's managers."""
    row = get_run_for(user, pk, Right.VIEW)
    if row.project is not None and row.requested_by_id != user.pk:
        require(user, row.project, Right.MANAGE, "run")
    return row


def model_versions_of(user: Person) -> QuerySet[ModelVersion]:
    """Return the model versions this person may use: all of them, for they belong to the installation."""
    # By name: the app of models stands above this one.
    rows: QuerySet[ModelVersion] = apps.get_model("inference", "ModelVersion")._default_manager.all()
    return rows if user.pk else rows.none()


def get_model_version_for(user: Person, pk: uuid.UUID | str) -> ModelVersion:
    """Return a model version. Raises NotFound."""
    row = model_versions_of(user).filter(pk=pk).first()
    if row is None:
        raise NotFound("model")
    return row

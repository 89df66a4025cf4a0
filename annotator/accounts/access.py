"""The one door: every "may this person …" is answered here.

A stranger gets 404 (they must not learn that a thing exists), a member without the right 403.
Views never write `Model.objects.all()`; each app owns its `get_X_for` (queries.py), on top of `get_for` here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from enum import Enum
from typing import Any, Protocol, TypeAlias, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from annotator.accounts.choices import Role, Sight
from annotator.accounts.extensions import given_to
from annotator.accounts.models import User
from annotator.lib.errors import Forbidden, NotFound

# Who asks: somebody who is signed in, or nobody.
Person: TypeAlias = User | AnonymousUser
Row = TypeVar("Row", bound=Model)


class Shared(Protocol):
    """What people are members of: a project. This app knows no more of it than its memberships, rows of a person and a
    role, and which images annotators see; the app of projects stands above."""

    @property
    def pk(self) -> Any:
        """Its id."""

    @property
    def memberships(self) -> Any:
        """The related manager of the memberships."""

    @property
    def annotators_see(self) -> str:
        """A value of `Sight`."""


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


def higher(one: Role | None, other: Role | None) -> Role | None:
    """Return the role that carries more rights; None is less than any."""
    if one is None or other is None:
        return one or other
    return one if RIGHTS[one] >= RIGHTS[other] else other


def roles_with(right: Right) -> list[Role]:
    """Return the roles that carry a right."""
    return [role for role in RIGHTS if allows(role, right)]


def bound_to(user: Person) -> uuid.UUID | None:
    """Return the id of the only project that the key with which this person came opens; None: it opens all."""
    return None if isinstance(user, AnonymousUser) else user.bound_to


def role_in(user: Person, project: Shared) -> Role | None:
    """Return the person's role in the project, or None for a stranger. Asked once per project object."""
    if user.pk is None or bound_to(user) not in (None, project.pk):
        return None
    known: dict[uuid.UUID | None, Role | None] = project.__dict__.setdefault("_roles", {})
    if user.pk not in known:
        found = project.memberships.filter(user_id=user.pk).values_list("role", flat=True).first()
        known[user.pk] = Role(found) if found else None
    return known[user.pk]


def require(user: Person, project: Shared, right: Right, what: str = "project") -> Role:
    """Return the person's role. Raises NotFound for a stranger and Forbidden for a member without the right."""
    role = role_in(user, project)
    if role is None:
        raise NotFound(what)
    if not allows(role, right):
        raise Forbidden(f"You are not allowed to {right.value}: your role in it is {role.value}. {_WHO_HELPS}")
    return role


def may(user: Person, project: Shared, right: Right) -> bool:
    """Tell whether the person is a member of the project with this right."""
    role = role_in(user, project)
    return role is not None and allows(role, right)


def sees_all(user: Person, project: Shared) -> bool:
    """Tell whether a member sees every image of the project; else only those that they were given."""
    return project.annotators_see == Sight.ALL or role_in(user, project) not in (None, Role.ANNOTATOR)


def sees_image(user: Person, project: Shared, image: uuid.UUID | None) -> bool:
    """Tell whether a member sees the project's image with this id."""
    return sees_all(user, project) or given_to(user.pk).filter(image=image).exists()


def current_user(request: Request) -> User:
    """Return who asks; the API lets nobody in without signing in, so there is somebody."""
    if isinstance(request.user, AnonymousUser):
        raise NotAuthenticated
    return request.user


def require_admin(user: Person) -> None:
    """Raise Forbidden unless the person administers this installation."""
    if not user.is_staff or bound_to(user) is not None:
        raise Forbidden("Only an administrator of this installation may do this.")


def get_for(
    user: Person,
    rows: QuerySet[Row],
    pk: uuid.UUID | str,
    right: Right,
    project_of: Callable[[Row], Shared | None],
    what: str,
    sees: Callable[[Row], bool] | None = None,
) -> Row:
    """Return the row with this key, if the person has the right in its project.

    `rows` should select_related the way to the project. `sees` tells whether a member may know of the row at all.
    Raises NotFound and Forbidden.
    """
    row = rows.filter(pk=pk).first()
    project = project_of(row) if row is not None else None
    if row is None or project is None:
        raise NotFound(what)
    require(user, project, Right.VIEW, what)
    if sees is not None and not sees(row):
        raise NotFound(what)
    require(user, project, right, what)
    return row

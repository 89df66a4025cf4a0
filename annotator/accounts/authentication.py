"""How a request proves who it is: a session cookie, or `Authorization: Token KEY`."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from annotator.accounts.choices import Scope
from annotator.accounts.models import ApiToken, User, digest

_TOUCH_EVERY = timedelta(minutes=5)


class OtherPerson(exceptions.APIException):
    """The page that asks was opened by somebody else than who is signed in now."""

    status_code = 401
    default_code = "other_person"

    def __init__(self, user: User) -> None:
        super().__init__(f"{user.name} has signed in in this browser, and this page was opened by somebody else.")


class SessionAuthentication(authentication.SessionAuthentication):
    """The session cookie, with CSRF; a signed-out request is answered 401, not 403.

    The cookie belongs to the whole browser. A page that was opened by one person may send `X-Person: ID` with each
    request: once somebody else has signed in in another tab it is refused, instead of acting in that one's name.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return who is signed in, or None. Raises OtherPerson when the page belongs to another person."""
        found = super().authenticate(request)
        page_of = request.headers.get("X-Person")
        if found is not None and page_of and page_of != str(found[0].pk):
            raise OtherPerson(found[0])
        return found

    def enforce_csrf(self, request: Request) -> None:
        """Check the token in the request's header. Looking for it in a form's fields first, as Django does with a POST,
        would read the whole upload of somebody who may not upload."""
        if request.method in permissions.SAFE_METHODS:
            return  # reading needs no token, and a PUT in its place would
        probe = copy.copy(request._request)
        probe.method = "PUT"
        super().enforce_csrf(probe)  # type: ignore[arg-type]  # as Django takes it

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme that programs can use."""
        return "Token"


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token KEY`; the key is compared by digest."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the key's owner, or None when no key was sent. Raises AuthenticationFailed for a bad key, and
        PermissionDenied where a key that may only read would change something."""
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "token":
            return None
        token = ApiToken.objects.select_related("user", "project").filter(digest=digest(key.strip())).first()
        if token is None or not token.user.is_active or _expired(token):
            raise exceptions.AuthenticationFailed
        if token.scope == Scope.READ and request.method not in permissions.SAFE_METHODS:
            raise exceptions.PermissionDenied(f"This key, “{token.name}”, may only read.")
        _touch(token)
        token.user.bound_to = token.project_id
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a missing key is answered 401."""
        return "Token"


class ProjectKeys(permissions.BasePermission):
    """A key for one project opens what lies in that project, and of the rest only what a view says in
    `for_project_keys`: methods that show nothing of other projects.

    What lies in a project is asked for by an id and goes through the door (access.py), which knows the key's project.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the request may go on. Raises PermissionDenied for a key that is for one project only."""
        project = request.auth.project if isinstance(request.auth, ApiToken) else None
        named = getattr(view, "for_project_keys", None)
        if project is None or (view.kwargs if named is None else request.method in named):
            return True
        raise exceptions.PermissionDenied(
            f"This key is for the project “{project.name}” only, and this lies outside of it."
        )


def _expired(token: ApiToken) -> bool:
    return token.expires is not None and token.expires <= timezone.now()


def _touch(token: ApiToken) -> None:
    now = timezone.now()
    # Every few minutes is exact enough, and spares a write per request.
    if token.last_used is None or now - token.last_used > _TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)

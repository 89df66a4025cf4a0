"""Getting in for the first time: by an invitation, or by oneself where that is open."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotator.accounts import throttle, trail
from annotator.accounts.access import role_in
from annotator.accounts.choices import Event, Role
from annotator.accounts.models import User
from annotator.lib.errors import ApiError
from annotator.projects import invitations
from annotator.projects.models import Invitation
from annotator.web.forms import JoinForm
from annotator.web.page import show
from annotator.web.project_context import ROLE_TEXTS
from annotator.web.views.door import BACKEND


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password", "again")
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask whether to join a project, with a new account where nobody is signed in, and do it on the answer: programs
    that look at an address before somebody opens it use up nothing."""
    try:
        if isinstance(request.user, User):
            return _join_as(request, secret, request.user)
        return _join_anew(request, invitations.find(secret), secret)
    except ApiError as error:
        return _over(request, error)


def _join_as(request: HttpRequest, secret: str, person: User) -> HttpResponse:
    known = invitations.seek(secret)
    if known is not None and role_in(person, known.project) is not None:
        return redirect("web:project", known.project.pk)
    found = invitations.find(secret)
    if request.method == "POST":
        invitations.accept(secret, person)
        return redirect("web:project", found.project.pk)
    return show(request, "web/join.html", _about(found))


def _join_anew(request: HttpRequest, found: Invitation, secret: str) -> HttpResponse:
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # The account is made with the membership or not at all.
        with transaction.atomic():
            person = form.save()
            invitations.accept(secret, person)
        trail.coming_by(request, Event.INVITED)
        login(request, person, backend=BACKEND)
        return redirect("web:project", found.project.pk)
    return show(request, "web/join.html", {"form": form, "path": request.path} | _about(found))


def _about(found: Invitation) -> dict[str, Any]:
    role = Role(found.role)
    return {"project": found.project, "by": found.created_by, "role": role, "role_text": ROLE_TEXTS[role]}


def _over(request: HttpRequest, error: ApiError) -> HttpResponse:
    context = {"title": "This invitation does not work", "text": error.message, "picture": "circle-x"}
    to = {"action": "Projects" if request.user.is_authenticated else "Sign in", "action_url": "/"}
    return show(request, "web/message.html", context | to, status=error.status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password", "again")
def signup(request: HttpRequest) -> HttpResponse:
    """Make an account by oneself, where this installation allows it (MASKWRIGHT_OPEN_SIGNUP)."""
    if not settings.OPEN_SIGNUP:
        raise Http404
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        minutes = throttle.count_account(request)
        if not minutes:
            trail.coming_by(request, Event.SIGNED_UP)
            login(request, form.save(), backend=BACKEND)
            return redirect(settings.LOGIN_REDIRECT_URL)
        form.add_error(None, f"Many accounts were made from your address just now. Try again in {minutes} minute(s).")
    return show(request, "web/join.html", {"form": form})

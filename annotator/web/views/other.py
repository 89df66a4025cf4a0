"""Pages that belong to no project: one's account, models, help."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db.models import Count
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from annotator.accounts import access, outside, second_step, throttle, trail
from annotator.accounts.choices import Event
from annotator.accounts.sign_ins import end_all
from annotator.inference import library
from annotator.inference.models import ModelVersion
from annotator.projects.queries import projects_of
from annotator.web.forms import password_form
from annotator.web.keys import key_groups
from annotator.web.page import PageRequest, page, show
from annotator.web.views.door import BY_LINK, came_by_link
from sam_backend.adopt import LICENCE_URL
from sam_backend.registry import SAM_3_PAGE

LATELY = 10
"""Entries of one's own trail on the account's page."""


@require_http_methods(["GET", "HEAD", "POST"])
@page
def account(request: PageRequest) -> HttpResponse:
    """The person's password, sessions and API tokens."""
    proved = came_by_link(request)
    form, changed = password_form(request.user, request.POST or None, proved=proved), False
    guessed = form.is_bound and "old_password" in form.fields
    if guessed and (minutes := throttle.count_old_password(request.user)):
        form.errors.clear()  # nor does it tell whether this one was right
        form.add_error("old_password", f"Too many wrong passwords. Try again in {minutes} minute(s).")
    if request.method == "POST" and form.is_valid():
        form.save()
        throttle.forget_old_passwords(request.user)
        trail.write(Event.NEW_PASSWORD, request.user, request)
        update_session_auth_hash(request, request.user)
        end_all(request.user, request.session.session_key)
        request.session.pop(BY_LINK, None)
        form, changed, proved = password_form(request.user), True, False
    mine = projects_of(request.user).order_by("name", "pk")
    context = {"form": form, "changed": changed, "proved": proved, "projects": mine}
    context |= {"sso": outside.offered(), "sso_name": settings.OIDC_NAME}
    context["connected"] = request.user.identities.filter(issuer=settings.OIDC_ISSUER).exists()
    context["step_on"] = second_step.is_on(request.user)
    return show(request, "web/account.html", context | {"entries": trail.entries(user=request.user.pk)[:LATELY]})


@page
def models(request: PageRequest) -> HttpResponse:
    """The model versions of this installation, for administrators."""
    access.require_admin(request.user)
    versions = list(ModelVersion.objects.annotate(project_count=Count("projects")).order_by("-created"))
    for version in versions:
        version.__dict__["size"] = sum(int(file["bytes"]) for file in version.files.values())
    sam_3 = {"licence": LICENCE_URL, "page": SAM_3_PAGE}
    about = {"folder": library.checkpoint_folder(), "missing": library.missing_packages(), "sam_3": sam_3}
    return show(request, "web/models.html", {"models": versions, **about})


@page
def help_page(request: PageRequest) -> HttpResponse:
    """The way from a photo to a file, and the keys."""
    return show(request, "web/help.html", {"keys": key_groups()})

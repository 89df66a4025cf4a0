"""The accounts of this installation, for administrators. New people get in by a link that works once."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from annotator.accounts import access, second_step, trail
from annotator.accounts.choices import Event
from annotator.accounts.models import Passkey, User
from annotator.accounts.services import issue_signin_link, switch_off, switch_on
from annotator.accounts.sign_ins import sign_ins_of
from annotator.jobs.models import Job
from annotator.jobs.queries import unfinished
from annotator.lib.errors import ApiError, NotFound
from annotator.web.forms import PersonForm
from annotator.web.page import PageRequest, page, show

LINK_MINUTES = 60 * 24 * 3


@require_http_methods(["GET", "HEAD", "POST"])
@page
def people(request: PageRequest) -> HttpResponse:
    """List the people; add one, give somebody a link, switch an account off or on."""
    access.require_admin(request.user)
    context: dict[str, Any] = {"form": PersonForm(), "days": LINK_MINUTES // (60 * 24)}
    if request.method == "POST":
        context |= _act(request)
    everybody = User.objects.annotate(
        project_count=Count("memberships"),
        has_step=Q(second_step__confirmed__isnull=False) | Exists(Passkey.objects.filter(user=OuterRef("pk"))),
    ).order_by("-is_active", "username")
    return show(request, "web/people.html", context | {"people": everybody})


def _act(request: PageRequest) -> dict[str, Any]:
    """Do what the pressed button says; returns what the page shows of it."""
    if request.POST.get("do") == "add":
        form = PersonForm(request.POST)
        return _link(request, form.save()) if form.is_valid() else {"form": form}
    person = User.objects.filter(username=request.POST.get("person", "")).first()
    if person is None:
        raise NotFound("person")
    if request.POST.get("do") == "ask":
        return {"leaving": _what_ends(person)}
    if request.POST.get("do") == "link":
        return _link(request, person)
    if request.POST.get("do") == "on":
        switch_on(person, request.user)
        return {}
    if request.POST.get("do") == "no_step":
        if second_step.turn_off(person):
            trail.write(Event.STEP_OFF, person, None, actor=request.user)
        return {}
    if request.POST.get("do") != "off":
        raise ApiError("unknown_action", "This page cannot do that; nothing was changed. Load it again.")
    if person == request.user:
        raise ApiError("yourself", "You cannot switch off your own account. Another administrator can.")
    switch_off(person, request.user)
    return {}


def _what_ends(person: User) -> dict[str, Any]:
    """Return what ends when this person's account is switched off."""
    return {
        "person": person,
        "jobs": unfinished(Job.objects.filter(assignee=person)).count(),
        "sessions": sign_ins_of(person).count(),
        "tokens": person.tokens.count(),
    }


def _link(request: PageRequest, person: User) -> dict[str, Any]:
    path = reverse("web:signin-link", args=[issue_signin_link(person, minutes=LINK_MINUTES)])
    return {"link": request.build_absolute_uri(path), "link_for": person.name}

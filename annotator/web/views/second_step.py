"""Turning two-step sign-in on and off, and the codes on paper."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotator.accounts import second_step as steps
from annotator.accounts import throttle, trail
from annotator.accounts.choices import Event
from annotator.accounts.models import User
from annotator.web.page import PageRequest, page, show
from annotator.web.views.door import destination

WRONG = "This is not the code that the app shows now. Look at the clock of the phone; a code works once."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("code")
@page
def second_step(request: PageRequest) -> HttpResponse:
    """Show the picture for the app, or what can be done where it is on; do what a button says."""
    user, do = request.user, request.POST.get("do", "")
    if request.method != "POST":
        return _shown(request, user)
    if minutes := throttle.count_code(user):
        return _shown(request, user, error=f"Too many wrong codes. Try again in {minutes} minute(s).")
    if not steps.is_on(user):
        return _confirmed(request, user)
    if not steps.check(user, request.POST.get("code", "")[:40]):
        return _shown(request, user, error=WRONG)
    throttle.forget_codes(user)
    if do == "codes":
        trail.write(Event.NEW_CODES, user, request)
        return _codes(request, steps.new_codes(user))
    steps.turn_off(user)
    trail.write(Event.STEP_OFF, user, request)
    return redirect("web:second-step" if settings.REQUIRE_TWO_STEP else "web:account")


def _confirmed(request: PageRequest, user: User) -> HttpResponse:
    codes = steps.confirm(user, request.POST.get("code", "")[:40])
    if codes is None:
        return _shown(request, user, error=WRONG)
    throttle.forget_codes(user)
    trail.write(Event.STEP_ON, user, request)
    return _codes(request, codes, fresh=True)


def _codes(request: PageRequest, codes: list[str], *, fresh: bool = False) -> HttpResponse:
    """Show recovery codes, once; then it goes on to where the person was on the way to."""
    wanted = request.GET.get("next", "")
    onward = destination(request, wanted) if wanted else reverse("web:account")
    return show(request, "web/second_step.html", {"codes": codes, "fresh": fresh, "onward": onward})


def _shown(request: PageRequest, user: User, error: str = "") -> HttpResponse:
    context: dict[str, Any] = {"error": error, "on": steps.is_on(user), "required": settings.REQUIRE_TWO_STEP}
    if not context["on"]:
        row = steps.begin(user)
        picture = segno.make(steps.address(row), error="m").svg_data_uri(scale=5, border=3, light="#fff")
        parts = [row.secret[start : start + 4] for start in range(0, len(row.secret), 4)]
        context |= {"picture": picture, "secret": " ".join(parts)}
    return show(request, "web/second_step.html", context)

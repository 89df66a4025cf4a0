"""Turning two-step sign-in on and off: an app's codes, passkeys, and the codes on paper."""

from __future__ import annotations

import time
from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotator.accounts import passkeys, throttle, trail
from annotator.accounts import second_step as steps
from annotator.accounts.choices import Event
from annotator.accounts.models import User
from annotator.lib.errors import ApiError
from annotator.web import passkey
from annotator.web.page import PageRequest, page, show
from annotator.web.views.door import destination

WRONG = "This is not the code that the app shows now. Look at the clock of the phone; a code works once."
WRONG_PASSKEY = "This passkey was not taken. Try again, or type a code."
NEEDS_PROOF = "Type a code, or use a passkey, once more: it was too long ago."
PROVED = "second_step_proved"
"""In a session: when the person showed a second step on this page, in seconds since 1970."""
PROVES = 10 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("code")
@page
def second_step(request: PageRequest) -> HttpResponse:
    """Show what there is and what can be done about it; do what a button says. Where a second step is on, it has to be
    shown first: a browser left open is not enough to change it."""
    user, do = request.user, request.POST.get("do", "")
    if request.method != "POST":
        return _shown(request, user)
    told = "code" in request.POST and do != "on"
    if steps.is_on(user) and (told or not _proved(request)):
        if minutes := throttle.count_code(user):
            return _shown(request, user, error=f"Too many wrong codes. Try again in {minutes} minute(s).")
        if not passkey.shown(request, user) and not steps.check(user, request.POST.get("code", "")[:40]):
            return _shown(request, user, error=_wrong(request))
        throttle.forget_codes(user)
        request.session[PROVED] = int(time.time())
    try:
        return DOES.get(do, _again)(request, user)
    except ApiError as error:
        return _shown(request, user, error=error.message)


def _wrong(request: PageRequest) -> str:
    if "code" in request.POST:
        return WRONG
    return WRONG_PASSKEY if request.POST.get("do") == "prove" else NEEDS_PROOF


def _again(request: PageRequest, user: User) -> HttpResponse:
    return redirect("web:second-step")


def _confirm(request: PageRequest, user: User) -> HttpResponse:
    """Turn the app on with its first code."""
    if minutes := throttle.count_code(user):
        return _shown(request, user, error=f"Too many wrong codes. Try again in {minutes} minute(s).")
    fresh = not steps.is_on(user)
    codes = steps.confirm(user, request.POST.get("code", "")[:40])
    if codes is None:
        return _shown(request, user, error=WRONG)
    throttle.forget_codes(user)
    trail.write(Event.STEP_ON, user, request)
    return _codes(request, codes, fresh=fresh)


def _add(request: PageRequest, user: User) -> HttpResponse:
    codes = passkey.made(request, user)
    trail.write(Event.PASSKEY_ADDED, user, request)
    # Who makes the first one has shown it just now.
    request.session[PROVED] = int(time.time())
    return _codes(request, codes, fresh=True) if codes else redirect("web:second-step")


def _rename(request: PageRequest, user: User) -> HttpResponse:
    passkeys.rename(user, request.POST.get("key", ""), request.POST.get("name", ""))
    return redirect("web:second-step")


def _remove(request: PageRequest, user: User) -> HttpResponse:
    if passkeys.remove(user, request.POST.get("key", "")):
        trail.write(Event.PASSKEY_REMOVED, user, request)
        if not steps.is_on(user):
            trail.write(Event.STEP_OFF, user, request)
    return redirect("web:second-step")


def _new_codes(request: PageRequest, user: User) -> HttpResponse:
    trail.write(Event.NEW_CODES, user, request)
    return _codes(request, steps.new_codes(user))


def _app_off(request: PageRequest, user: User) -> HttpResponse:
    steps.app_off(user)
    trail.write(Event.STEP_OFF, user, request, about="" if not steps.is_on(user) else "the app's codes")
    return redirect("web:second-step")


def _off(request: PageRequest, user: User) -> HttpResponse:
    steps.turn_off(user)
    request.session.pop(PROVED, None)
    trail.write(Event.STEP_OFF, user, request)
    return redirect("web:second-step" if settings.REQUIRE_TWO_STEP else "web:account")


DOES = {
    "on": _confirm, "add": _add, "rename": _rename, "remove": _remove, "codes": _new_codes, "app_off": _app_off,
    "off": _off,
}  # fmt: skip


def _proved(request: PageRequest) -> bool:
    since: float = time.time() - request.session.get(PROVED, 0)
    return since < PROVES


def _codes(request: PageRequest, codes: list[str], *, fresh: bool = False) -> HttpResponse:
    """Show recovery codes, once; then it goes on to where the person was on the way to."""
    wanted = request.GET.get("next", "")
    onward = destination(request, wanted) if wanted else reverse("web:account")
    return show(request, "web/second_step.html", {"codes": codes, "fresh": fresh, "onward": onward})


def _shown(request: PageRequest, user: User, error: str = "") -> HttpResponse:
    on = steps.is_on(user)
    proved = not on or _proved(request)
    context: dict[str, Any] = {"error": error, "on": on, "proved": proved, "required": settings.REQUIRE_TWO_STEP}
    context["app"] = steps.app_is_on(user)
    if not proved:
        return show(request, "web/second_step.html", context | {"wanted": passkey.wanted(request, user)})
    context |= {"keys": passkey.listed(request, user), "offered": passkey.offered(request, user)}
    context |= {"trouble": passkeys.trouble(passkey.site(request)), "most": passkeys.MOST}
    if not context["app"]:
        row = steps.begin(user)
        picture = segno.make(steps.address(row), error="m").svg_data_uri(scale=5, border=3, light="#fff")
        parts = [row.secret[start : start + 4] for start in range(0, len(row.secret), 4)]
        context |= {"picture": picture, "secret": " ".join(parts)}
    return show(request, "web/second_step.html", context)

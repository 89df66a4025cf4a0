"""Signing in and out."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from annotator.accounts import outside, reset, second_step, throttle, trail
from annotator.accounts.choices import Event
from annotator.accounts.models import User
from annotator.accounts.services import person_of_link, redeem_signin_link
from annotator.web import passkey
from annotator.web.page import show

# Django's own backend; named because a link proves who somebody is without authenticate().
BACKEND = "django.contrib.auth.backends.ModelBackend"
BY_LINK = "by_link"
"""In a session: when a link began it, in seconds since 1970."""
LINK_PROVES = 60 * 60
"""For so many seconds a link proves who somebody is, as the password would that they may have forgotten."""
HALF = "half"
"""In a session: who has shown the password, or a link, and not yet a code."""
HALF_SECONDS = 5 * 60
WRONG_PASSKEY = "This passkey was not taken. Try again, or type a code."
WRONG_CODE = "This is not the code that your app shows now, nor a recovery code that was not used. A code works once."
LINK_SPENT = (
    "This sign-in link was used before or is too old. A link works once, so that nobody can use one found in a "
    "history or a log. Start Maskwright again for a fresh one, or sign in with your name and password."
)


class SignInForm(AuthenticationForm):
    """Name and password, with a sentence that helps."""

    error_messages = {
        "invalid_login": "This name and password do not belong together. Check both; capital letters count.",
        "inactive": "This account is switched off. Ask an administrator to switch it on again.",
    }

    def clean(self) -> dict[str, Any]:
        """Check name and password, unless too many wrong ones came from the same place."""
        request, name = self.request, str(self.cleaned_data.get("username", ""))
        if request is None:
            return super().clean()
        if minutes := throttle.count_try(request, name):
            trail.refused(request, name)
            raise ValidationError(f"Too many wrong passwords. Try again in {minutes} minute(s).")
        cleaned = super().clean()
        throttle.note_success(request, name)
        return cleaned


def destination(request: HttpRequest, wanted: str) -> str:
    """Return where to go after signing in: the page asked for, if it is one of ours."""
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
    # A word without a slash would be taken for the name of a route, two slashes for the start of an address elsewhere.
    leads = "/" in wanted and not wanted.startswith("//")
    return wanted if leads and safe else settings.LOGIN_REDIRECT_URL


def come_in(request: HttpRequest, user: User, event: Event, to: str) -> HttpResponse:
    """Sign in whoever has proved to be this person by `event`, and go on; who has two-step sign-in is asked for a code
    first, whatever the door."""
    if second_step.is_on(user):
        half = {"user": str(user.pk), "event": event, "to": to, "at": int(time.time())}
        request.session[HALF] = half | {"door": user.get_session_auth_hash()}
        return _asked(request, user, in_editor=to.startswith("/api/"))
    return _enter(request, user, event, to)


def _enter(request: HttpRequest, user: User, event: Event, to: str) -> HttpResponse:
    trail.coming_by(request, event)
    login(request, user, backend=BACKEND)
    if event == Event.LINK:
        request.session[BY_LINK] = int(time.time())
    return redirect(to)


def _asked(request: HttpRequest, user: User, **about: Any) -> HttpResponse:
    """Show where the second step is taken."""
    about |= {"app": second_step.app_is_on(user), "wanted": passkey.wanted(request, user)}
    return show(request, "web/code.html", about)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """Take the code, or what a passkey signed, that comes after the password."""
    half = request.session.get(HALF, {})
    user = User.objects.filter(pk=half.get("user"), is_active=True).first() if half else None
    late = user is None or time.time() - half["at"] > HALF_SECONDS
    # The password may have been changed meanwhile, or the account switched off and on.
    if user is None or late or not constant_time_compare(half["door"], user.get_session_auth_hash()):
        request.session.pop(HALF, None)
        return redirect("web:signin")
    if request.method != "POST":
        return _asked(request, user)
    if minutes := throttle.count_code(user):
        return _asked(request, user, error=f"Too many wrong codes. Try again in {minutes} minute(s).")
    right = passkey.shown(request, user) or second_step.check(user, request.POST.get("code", "")[:40])
    if not right:
        trail.write(Event.WRONG_CODE, user, request)
        return _asked(request, user, error=WRONG_PASSKEY if "credential" in request.POST else WRONG_CODE)
    throttle.forget_codes(user)
    if right == "recovery":
        trail.write(Event.RECOVERY, user, request)
    request.session.pop(HALF, None)
    return _enter(request, user, Event(half["event"]), half["to"])


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password")
def signin(request: HttpRequest) -> HttpResponse:
    """Show the sign-in form, or sign in."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    # Who types a name and a password wants to be that person, also where another one is signed in.
    if request.user.is_authenticated and request.method != "POST":
        return redirect(destination(request, wanted))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        return come_in(request, form.get_user(), Event.PASSWORD, destination(request, wanted))
    asked = wanted not in ("", "/") and request.method != "POST"
    notice = "Sign in to go on; you will come back to the page you asked for." if asked else ""
    return _form(request, {"form": form, "next": wanted, "notice": notice})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
def signin_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask whether to sign in with a link that works once, and do it on the answer: programs that look at an address
    before somebody opens it use up nothing, and nobody becomes another person unasked. Somebody who is signed in
    already is not bothered with a used link, or one of their own."""
    user = redeem_signin_link(secret) if request.method == "POST" else None
    if user is not None:
        return come_in(request, user, Event.LINK, settings.LOGIN_REDIRECT_URL)
    person = person_of_link(secret)
    if person is not None and person != request.user:
        return show(request, "web/signin_link.html", {"person": person})
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return _form(request, {"form": SignInForm(request), "next": "", "notice": LINK_SPENT}, status=410)


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("web:signin")


def came_by_link(request: HttpRequest) -> bool:
    """Tell whether a link let the person in just now."""
    began: float = request.session.get(BY_LINK, 0)
    return time.time() - began < LINK_PROVES


def _form(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    offers: dict[str, Any] = {"open_signup": settings.OPEN_SIGNUP, "reset": reset.offered(), "sso": outside.offered()}
    offers |= {"sso_name": settings.OIDC_NAME}
    return show(request, "web/signin.html", offers | context, status)

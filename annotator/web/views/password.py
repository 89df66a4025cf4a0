"""A forgotten password: asking for a link by e-mail, and setting a new one by it."""

from __future__ import annotations

from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotator.accounts import reset, throttle
from annotator.accounts.choices import Event, Purpose
from annotator.accounts.services import person_of_link, redeem_signin_link
from annotator.accounts.sign_ins import end_all
from annotator.runs.messages import post
from annotator.web.page import show
from annotator.web.views.door import come_in

SENT = (
    "If somebody here is called that, or has that e-mail address, a link is on its way to them. It works for "
    f"{reset.MINUTES} minutes. Nothing came? Look among unwanted mail, or ask an administrator for a sign-in link."
)
SPENT = "This link was used before, is too old, or the password was changed since. Ask for a new one."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
def ask(request: HttpRequest) -> HttpResponse:
    """Take a name or an e-mail address; what is answered does not tell whether anybody has it."""
    typed, context = request.POST.get("name", "").strip()[:254], {"offered": reset.offered()}
    if request.method != "POST" or not reset.offered():
        return show(request, "web/password.html", context)
    if not typed or "\x00" in typed:
        return _again(request, typed, "Type your user name or your e-mail address.")
    if minutes := throttle.count_reset(request, typed):
        return _again(request, typed, f"That was asked for often just now. Try again in {minutes} minute(s).")
    if not post(reset.SEND_RESET, "a new password", typed):
        return _again(request, typed, "No e-mail can be sent at the moment. Try again later.")
    return show(request, "web/message.html", {"title": "Look into your mail", "text": SENT, "picture": "send"})


def _again(request: HttpRequest, typed: str, error: str) -> HttpResponse:
    return show(request, "web/password.html", {"offered": True, "typed": typed, "error": error})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters()
def renew(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for a new password, and set it: the link is used up then, and every session of before ends."""
    person = person_of_link(secret, Purpose.PASSWORD)
    if person is None:
        to = {"action": "Ask for a new link", "action_url": "/password/"}
        gone = {"title": "This link does not work", "text": SPENT, "picture": "circle-x"}
        return show(request, "web/message.html", gone | to, status=410)
    form = SetPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if redeem_signin_link(secret, Purpose.PASSWORD) is None:
            return redirect("web:password-link", secret)
        form.save()
        end_all(person)
        return come_in(request, person, Event.RESET, reverse("web:projects"))
    return show(request, "web/new_password.html", {"form": form, "person": person})

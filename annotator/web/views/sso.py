"""Single sign-on: to the issuer and back, and connecting one's account with it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotator.accounts import outside, trail
from annotator.accounts.choices import Event
from annotator.accounts.models import User
from annotator.lib.errors import ApiError
from annotator.web.page import PageRequest, page, show
from annotator.web.views.door import come_in, destination

TO = "sso_to"
"""In a session: where to go afterwards."""
NOBODY = (
    "Nobody here is connected with this sign-in yet. If you have an account, sign in with your password and connect it "
    "under “Your account”; else ask an administrator."
)
OFF = "This account is switched off. Ask an administrator to switch it on again."


@require_safe
@never_cache
def sso(request: HttpRequest) -> HttpResponse:
    """Send the browser to the issuer. A link, not a form: the content policy lets forms go nowhere else."""
    if not outside.offered():
        raise Http404
    request.session[TO] = destination(request, request.GET.get("next", ""))
    try:
        answer: HttpResponse = outside.begin(request, request.build_absolute_uri(reverse("web:sso-back")))
    except ApiError as error:
        return _said(request, error)
    return answer


@require_safe
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Let in whom the issuer sends back; who is signed in already is connected with it."""
    if not outside.offered():
        raise Http404
    try:
        told = outside.claims(request)
        if isinstance(request.user, User):
            outside.connect(request.user, told)
            trail.write(Event.CONNECTED, request.user, request)
            return redirect("web:account")
        person = outside.person_of(told)
    except ApiError as error:
        return _said(request, error)
    if person is None or not person.is_active:
        return _said(request, ApiError("sso_nobody", NOBODY if person is None else OFF, status=403))
    return come_in(request, person, Event.SSO, request.session.pop(TO, settings.LOGIN_REDIRECT_URL))


@require_POST
@page
def disconnect(request: PageRequest) -> HttpResponse:
    """Disconnect one's account; with no password one could not come back, so that is refused."""
    if not request.user.has_usable_password():
        text = "Set a password first: without one and without single sign-on you could not sign in any more."
        return _said(request, ApiError("no_password", text, status=409))
    if outside.disconnect(request.user):
        trail.write(Event.DISCONNECTED, request.user, request)
    return redirect("web:account")


def _said(request: HttpRequest, error: ApiError) -> HttpResponse:
    inside = request.user.is_authenticated
    to = {
        "action": "Your account" if inside else "Sign in",
        "action_url": reverse("web:account" if inside else "web:signin"),
    }
    context = {"title": "Single sign-on", "text": error.message, "picture": "circle-x"}
    return show(request, "web/message.html", context | to, status=error.status)

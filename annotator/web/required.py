"""Where an installation asks everybody for a second step (MASKWRIGHT_REQUIRE_TWO_STEP), who is signed in without one
gets to the page that sets it up, and nowhere else. Programs that come with a token have no session and are not asked.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from annotator.accounts import second_step
from annotator.accounts.models import User
from annotator.lib.errors import ApiError

OPEN = {"second-step", "signin", "signin-link", "code", "sso", "sso-back", "signout", "password", "password-link"}
"""Pages that lead in and out."""
FOR_SCRIPTS = ("/api/", "/files/")
SENTENCE = (
    "This installation asks everybody for two-step sign-in, and your account has none yet. Load the page again: it "
    "leads to where you set it up."
)


class TwoStepRequired:
    """Stands behind Django's own authentication, before every view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in place of the view where the person has to set a second step up first."""
        if not settings.REQUIRE_TWO_STEP or not isinstance(user := request.user, User) or _open(request.path_info):
            return self._get_response(request)
        if second_step.is_on(user):
            return self._get_response(request)
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(FOR_SCRIPTS):
            return JsonResponse(ApiError("two_step_required", SENTENCE).body(), status=403)
        wanted = {"next": request.get_full_path()} if request.path_info != "/" else {}
        return redirect(f"{reverse('web:second-step')}{'?' if wanted else ''}{urlencode(wanted)}")


def _open(path: str) -> bool:
    try:
        found = resolve(path)
    except Resolver404:
        return False
    return found.view_name.startswith("web:") and found.url_name in OPEN

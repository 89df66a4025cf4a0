"""Who may send how much: asked before anything reads a request's body.

Looking for a CSRF token or a form's fields reads all of a body, and spools files of any size to the disk. So what is
more than a few forms need is only read for somebody who is known, and only as much as the address takes.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

from annotator.lib.pages import not_signed_in, too_large
from annotator.lib.parsers import MULTIPART_ROOM

UNKNOWN_VIEW: type[Any] = type("UnknownView", (), {})


class BodyLimits:
    """Refuses large bodies of people nobody knows, and bodies larger than their address takes.

    A view that takes files names the setting of their size in `largest_file`; every other takes
    `DATA_UPLOAD_MAX_MEMORY_SIZE`. What a body's sender claims is its size: a server gateway reads no further than that.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Return a refusal, or None. Runs once the address is known and before the CSRF check of pages."""
        size = _claimed(request)
        if size <= settings.MAX_STRANGER_BODY_BYTES:
            return None
        kind = getattr(view, "cls", UNKNOWN_VIEW)
        try:
            known = _is_known(request, kind)
        except APIException:
            return None  # the view refuses for the same reason, and reads nothing before it does
        if not known:
            return not_signed_in(request)
        largest = most(kind)
        return too_large(request, largest) if size > largest else None


def most(view: type[Any]) -> int:
    """Return how many bytes an address takes from somebody who is known."""
    named = getattr(view, "largest_file", None)
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE if named is None else getattr(settings, named) + MULTIPART_ROOM


def _claimed(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _is_known(request: HttpRequest, view: type[Any]) -> bool:
    """Tell whether somebody is signed in, by the means that this view has; raises what the view would."""
    means = getattr(view, "authentication_classes", None)
    if means is None:
        return bool(request.user.is_authenticated)
    try:
        # A copy, because finding nobody is noted in the request.
        user = Request(copy.copy(request), authenticators=[each() for each in means]).user
    except AuthenticationFailed:
        return False
    return bool(user is not None and user.is_authenticated)

"""Answers for when no view could answer: the error envelope under /api/, a page elsewhere."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import format_html

from annotator.lib.meters import TROUBLES
from annotator.lib.trouble import trouble_of

THEMES = {"dark": "dark", "light": "light", "system": ""}
"""What a person can choose, and the value of `data-theme` that shows it."""
_SENTENCES = {
    400: ("bad_request", "The request could not be understood, so nothing was changed. Go back and try again."),
    403: ("permission_denied", "You are not allowed to do this. Ask an owner or manager of the project."),
    404: ("not_found", "There is nothing here, or it is not shared with you."),
    500: ("server_error", "Something went wrong inside Maskwright; your saved work is safe. Try again in a moment."),
}


def theme_of(request: HttpRequest) -> str:
    """Return "dark" unless the person chose "light", or "" for as the system has it."""
    preferences = getattr(getattr(request, "user", None), "preferences", {})
    return THEMES.get(str(preferences.get("theme")), "dark")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return _answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return _answer(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; 507 or 503 with the reason when the machine has a trouble, such as a full disk."""
    error = sys.exc_info()[1]
    trouble = trouble_of(error) if error is not None else None
    if trouble is None:
        return _answer(request, 500)
    TROUBLES.labels(trouble.code).inc()
    response = _answer(request, trouble.status, (trouble.code, trouble.message))
    response["Retry-After"] = str(trouble.retry_after)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form or request whose CSRF token is missing or stale."""
    message = "Your session has changed since this page was opened. Reload the page and try again."
    return _answer(request, 403, ("csrf_failed", message))


def not_signed_in(request: HttpRequest) -> HttpResponse:
    """Answer 401 to somebody unknown who sends more than a form."""
    response = _answer(request, 401, ("not_authenticated", "Sign in first, then try again."))
    response["WWW-Authenticate"] = "Token"
    return response


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """Answer 413 to a body of more bytes than `most`."""
    return _answer(request, 413, ("too_large", f"This is larger than the {most // 2**20} MB that are taken here."))


def _answer(request: HttpRequest, status: int, said: tuple[str, str] | None = None) -> HttpResponse:
    code, message = said or _SENTENCES[status]
    if request.path.startswith(("/api/", "/files/")):
        return JsonResponse({"code": code, "message": message}, status=status)
    # After an error inside, even asking who this is may fail.
    theme = theme_of(request) if status < 500 else THEMES["dark"]
    return HttpResponse(_page(status, message, theme), status=status)


def _page(status: int, message: str, theme: str) -> str:
    try:
        return render_to_string("error.html", {"status": status, "message": message, "theme": theme})
    except TemplateDoesNotExist:
        return format_html(
            "<!doctype html><html lang=en><title>{}</title><h1>{}</h1><p><a href=/>Projects</a>", status, message
        )

"""What every page shares: sign-in first, refusals as pages, the CSRF cookie for the scripts, the person's colours."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from annotator.accounts.models import User
from annotator.lib.errors import ApiError
from annotator.lib.pages import theme_of
from annotator.notices.queries import unread


class PageRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Make a view a page for people who are signed in; a domain error becomes a page that says what it means."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ApiError as error:
            return show(request, "error.html", {"status": error.status, "message": error.message}, status=error.status)

    return cast(View, never_cache(ensure_csrf_cookie(login_required(wrapped))))


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render a page."""
    # Counted where the bell is shown: not for the editor.
    shared = {"theme": theme_of(request), "unread": SimpleLazyObject(partial(unread, request.user))}
    return render(request, template, shared | context, status=status)

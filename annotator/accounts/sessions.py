"""Django's sessions, but for two things: who asks with a session that is over takes no newer one away, and each leaves
a row by which its person sees where they are signed in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from annotator.accounts.sign_ins import note


class Sessions(SessionMiddleware):
    """Leaves the cookie of a session that is not there (any more) where it is.

    Django deletes it. But tabs share cookies: while somebody signs in in one tab, another tab's request is still on its
    way with the session before, which that sign-in has ended. Its answer would delete the new session's cookie, and
    whoever has just signed in would be signed out. A cookie without a session opens nothing. A request that itself ends
    a session (signing out) deletes the cookie as ever.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Add the session's cookie to the answer, or take it away, where this request changed the session."""
        name = settings.SESSION_COOKIE_NAME
        given = name in response.cookies
        ended = request.session.modified
        answer = super().process_response(request, response)
        if request.session.accessed and not request.session.is_empty():
            note(request)
        if not given and not ended and name in answer.cookies and answer.cookies[name]["max-age"] == 0:
            del answer.cookies[name]
        return answer

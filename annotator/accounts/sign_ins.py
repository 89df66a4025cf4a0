"""Where a person is signed in: a row beside each session, so that they see them and can end them.

The row is written when a session is first used and again every few minutes, not with every request.
"""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import Error, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from annotator.accounts.models import ApiToken, SignIn, User
from annotator.lib.client import client_address

AGAIN = timedelta(minutes=5)
MOST_REMEMBERED = 10_000
_noted: dict[str, float] = {}
"""When this process last wrote the row of a session's key."""

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def begin(request: HttpRequest, user: User, **about: Any) -> None:
    """Write that a session of this person begins; hears Django's signal of signing in."""
    if request.session.session_key is not None:
        _write(request, user, request.session.session_key)


def note(request: HttpRequest) -> None:
    """Write that the session of this request is used now; called once the request was answered."""
    key = request.session.session_key
    if key is None or time.monotonic() - _noted.get(key, -1e9) < AGAIN.total_seconds():
        return
    if isinstance(request.user, User):
        _write(request, request.user, key)


def _write(request: HttpRequest, user: User, key: str) -> None:
    if len(_noted) >= MOST_REMEMBERED:
        _noted.clear()
    _noted[key] = time.monotonic()
    seen = {
        "seen": timezone.now(),
        "address": client_address(request)[:64],
        "agent": request.headers.get("User-Agent", "")[:300].replace("\x00", ""),
    }
    try:
        with transaction.atomic():
            if not SignIn.objects.filter(key=key, user=user).update(**seen):
                # With those that are over: nobody asks for them any more.
                SignIn.objects.filter(user=user).exclude(key__in=Session.objects.values("session_key")).delete()
                SignIn.objects.create(key=key, user=user, **seen)
    except Error:
        # A disk that is full, two requests at once: the answer is made, and the next time does.
        _noted.pop(key, None)


def sign_ins_of(person: User) -> QuerySet[SignIn]:
    """Return where the person is signed in now, the one used last first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return SignIn.objects.filter(user=person, key__in=alive).order_by("-seen", "pk")


def end_one(person: User, pk: uuid.UUID) -> bool:
    """Sign the person out there; False when there is no such sign-in of theirs."""
    return _end(SignIn.objects.filter(user=person, pk=pk)) > 0


def end_all(person: User, but: str | None = None) -> None:
    """Sign the person out everywhere, save in the session with the key `but`."""
    _end(SignIn.objects.filter(user=person).exclude(key=but or ""))


def _end(rows: QuerySet[SignIn]) -> int:
    with transaction.atomic():
        keys = list(rows.values_list("key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        return SignIn.objects.filter(key__in=keys).delete()[0]


def still_in(request: Request) -> bool:
    """Tell whether what the request came with still lets somebody in: a fresh look, for who listens for long."""
    if isinstance(request.auth, ApiToken):
        return ApiToken.objects.filter(pk=request.auth.pk).exclude(expires__lte=timezone.now()).exists()
    key = getattr(getattr(request, "session", None), "session_key", None)
    return key is None or Session.objects.filter(session_key=key).exists()


def described(agent: str) -> str:
    """Say which browser on which system an agent's text is of, as far as that is known."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser

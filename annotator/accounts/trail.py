"""The trail of sign-ins: who came in, how and from where, who was refused, and what was done to an account.

What is typed as a name is not kept: people type passwords there. An entry says whose account it was, or nobody's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import Error, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from annotator.accounts.choices import Event
from annotator.accounts.models import TrailEntry, User
from annotator.lib.client import client_address

QUIET = timedelta(minutes=15)
"""Of refusals, one is written in so long for an address: what a guessing machine sends does not fill the disk."""
_BY = "maskwright_came_by"


def coming_by(request: HttpRequest, event: Event) -> None:
    """Say how the person comes in who is signed in next in this request; unsaid, it is the password."""
    request.__dict__[_BY] = event


def write(
    event: Event, user: User | None, request: HttpRequest | None, *, actor: User | None = None, about: str = ""
) -> None:
    """Write an entry. What keeps it from being written keeps nobody out."""
    address = client_address(request)[:64] if request is not None else ""
    agent = request.headers.get("User-Agent", "")[:300].replace("\x00", "") if request is not None else ""
    actor = actor if actor != user else None
    try:
        with transaction.atomic():
            TrailEntry.objects.create(
                event=event, user=user, actor=actor, address=address, agent=agent, about=about[:100]
            )
    except Error:
        # The disk is full, say: being answered is worth more than being noted.
        return


def signed_in(request: HttpRequest, user: User, **about: Any) -> None:
    """Hear Django's signal."""
    write(request.__dict__.get(_BY, Event.PASSWORD), user, request)


def signed_out(request: HttpRequest, user: User | None, **about: Any) -> None:
    """Hear Django's signal."""
    if user is not None:
        write(Event.SIGNED_OUT, user, request)


def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **about: Any) -> None:
    """Hear Django's signal of a wrong password."""
    write(Event.WRONG, _called(str(credentials.get("username", ""))), request)


def refused(request: HttpRequest, name: str) -> None:
    """Write that somebody was not even asked for the password, now and then."""
    since, address = timezone.now() - QUIET, client_address(request)[:64]
    if not TrailEntry.objects.filter(event=Event.REFUSED, address=address, created__gt=since).exists():
        write(Event.REFUSED, _called(name), request)


def _called(name: str) -> User | None:
    return User.objects.filter(username=name).first() if "\x00" not in name else None


def entries(**narrowed: Any) -> QuerySet[TrailEntry]:
    """Return the trail, narrowed by `user`, `event`, `since` and `until` (dates, both included), the newest first."""
    rows = TrailEntry.objects.select_related("user", "actor").order_by("-created", "id")
    fields = {"user": "user_id", "event": "event", "since": "created__date__gte", "until": "created__date__lte"}
    return rows.filter(**{fields[name]: value for name, value in narrowed.items()})


def forget_old() -> int:
    """Delete what is older than the installation keeps it."""
    before = timezone.now() - timedelta(days=settings.TRAIL_DAYS)
    return TrailEntry.objects.filter(created__lt=before).delete()[0]

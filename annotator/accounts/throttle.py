"""Guessing passwords is slow: after some wrong ones, a name is refused from that address for a while."""
from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from annotator.accounts.models import SignInTries, digest

MAX_FAILURES = 10
WINDOW = timedelta(minutes=15)


def _key(request: HttpRequest, username: str) -> str:
    return digest(f"{username.strip().casefold()}\n{request.META.get('REMOTE_ADDR', '')}")


def minutes_to_wait(request: HttpRequest, username: str) -> int:
    """Return for how many minutes this name is refused from this address; 0 when it may try."""
    row = SignInTries.objects.filter(pk=_key(request, username)).first()
    if row is None or row.failures < MAX_FAILURES:
        return 0
    left = row.since + WINDOW - timezone.now()
    return max(0, -(-int(left.total_seconds()) // 60))


def note_failure(request: HttpRequest, username: str) -> None:
    """Count a wrong password; old counts are forgotten."""
    now = timezone.now()
    with transaction.atomic():
        SignInTries.objects.filter(since__lt=now - WINDOW).delete()
        SignInTries.objects.get_or_create(pk=_key(request, username), defaults={"since": now})
        SignInTries.objects.filter(pk=_key(request, username)).update(failures=F("failures") + 1)


def note_success(request: HttpRequest, username: str) -> None:
    """Forget the wrong ones."""
    SignInTries.objects.filter(pk=_key(request, username)).delete()

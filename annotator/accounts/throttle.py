"""Guessing passwords is slow: after some wrong ones a name is refused from that address for a while, and after more the
address, whatever the name, and the name, wherever from.

A try is counted before the password is looked at, by an UPDATE that succeeds only below the limit: of any number of
tries at once, no more than that get through. A right password takes its own count back.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from annotator.accounts.models import SignInTries, User, digest
from annotator.lib.client import client_address

MAX_FAILURES = 10
"""For one name from one address."""
MAX_OF_ADDRESS = 60
"""For all names from one address: an office behind one address may be clumsy, a list of names may not."""
MAX_OF_NAME = 200
"""For one name from all addresses: many machines that guess are slowed, one that does cannot lock somebody out."""
MAX_ACCOUNTS = 10
"""Accounts that are made from one address."""
MAX_RESETS, MAX_RESETS_OF_ADDRESS = 4, 20
"""New passwords that are asked for by e-mail: for one name, and from one address."""
MAX_CODES = 10
"""Codes after the right password of one person: of a million, three fit at any moment."""
WINDOW = timedelta(minutes=15)


def _limits(request: HttpRequest, username: str) -> dict[str, int]:
    """Return the limit of each count that this try adds to, the narrowest first."""
    name, address = username.strip().casefold(), client_address(request)
    return {
        digest(f"{name}\n{address}"): MAX_FAILURES,
        digest(f"address\n{address}"): MAX_OF_ADDRESS,
        digest(f"name\n{name}"): MAX_OF_NAME,
    }


def count_try(request: HttpRequest, username: str) -> int:
    """Count a try, unless there were too many: then return for how many minutes to wait. 0: it may be made.

    What is refused counts nowhere, so waiting is never made longer by trying."""
    return _count(_limits(request, username))


def count_code(user: User) -> int:
    """Count a code typed after the right password of this person; answers as `count_try`."""
    return _count({_codes_of(user): MAX_CODES})


def forget_codes(user: User) -> None:
    """Forget the wrong codes: a right one came."""
    SignInTries.objects.filter(pk=_codes_of(user)).delete()


def count_old_password(user: User) -> int:
    """Count a try of the old password by who is signed in and wants a new one; answers as `count_try`."""
    return _count({_old_of(user): MAX_FAILURES})


def forget_old_passwords(user: User) -> None:
    """Forget the wrong ones: the right one came."""
    SignInTries.objects.filter(pk=_old_of(user)).delete()


def _old_of(user: User) -> str:
    return digest(f"old\n{user.pk}")


def _codes_of(user: User) -> str:
    return digest(f"code\n{user.pk}")


def count_account(request: HttpRequest) -> int:
    """Count an account that is to be made from this address; answers as `count_try`."""
    return _count({digest(f"account\n{client_address(request)}"): MAX_ACCOUNTS})


def count_reset(request: HttpRequest, name: str) -> int:
    """Count that somebody asks for a new password for a name, be it anybody's or not; answers as `count_try`."""
    limits = {
        digest(f"reset\n{name.strip().casefold()}"): MAX_RESETS,
        digest(f"reset of\n{client_address(request)}"): MAX_RESETS_OF_ADDRESS,
    }
    return _count(limits)


def _count(limits: dict[str, int]) -> int:
    now = timezone.now()
    with transaction.atomic():
        SignInTries.objects.filter(since__lte=now - WINDOW).delete()
        counted: list[str] = []
        for key, limit in limits.items():
            SignInTries.objects.get_or_create(pk=key, defaults={"since": now})
            if not SignInTries.objects.filter(pk=key, failures__lt=limit).update(failures=F("failures") + 1):
                SignInTries.objects.filter(pk__in=counted).update(failures=F("failures") - 1)
                left = SignInTries.objects.get(pk=key).since + WINDOW - now
                return max(1, -(-int(left.total_seconds()) // 60))
            counted.append(key)
    return 0


def note_success(request: HttpRequest, username: str) -> None:
    """Take the right try back from every count, and forget the wrong ones of this name from here."""
    narrow, *wide = _limits(request, username)
    with transaction.atomic():
        SignInTries.objects.filter(pk=narrow).delete()
        SignInTries.objects.filter(pk__in=wide, failures__gt=0).update(failures=F("failures") - 1)

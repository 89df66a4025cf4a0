"""Two-step sign-in: after the password a code of an app on the person's phone (TOTP, RFC 6238), or one of ten codes on
paper, each of which works once. Passkeys are another second step (`passkeys.py`); the codes on paper are the same."""

from __future__ import annotations

import secrets
import time

import pyotp
from django.db import transaction
from django.utils import timezone

from annotator.accounts.models import Passkey, SecondStep, User, digest
from annotator.lib.errors import ApiError

ISSUER = "Maskwright"
SECONDS = 30
DRIFT = 1
"""Codes of so many steps before and after the present one are taken, too: clocks differ."""
RECOVERY_CODES = 10
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def is_on(user: User) -> bool:
    """Tell whether this person is asked for a code or a passkey."""
    return app_is_on(user) or Passkey.objects.filter(user=user).exists()


def app_is_on(user: User) -> bool:
    """Tell whether codes of an app are taken."""
    return SecondStep.objects.filter(user=user).exclude(confirmed=None).exists()


def begin(user: User) -> SecondStep:
    """Return what to show the app: the secret that waits for its first code, made anew unless one waits already.
    Raises ApiError when it is on."""
    row, _ = SecondStep.objects.get_or_create(user=user, defaults={"secret": pyotp.random_base32()})
    if row.confirmed is not None:
        raise ApiError("step_is_on", "Two-step sign-in is on already. Turn it off first, to use another app.")
    return row


def address(row: SecondStep) -> str:
    """Return the otpauth:// address that apps read as a picture."""
    return pyotp.TOTP(row.secret).provisioning_uri(name=row.user.username, issuer_name=ISSUER)


def confirm(user: User, code: str) -> list[str] | None:
    """Turn it on with the app's first code; returns the recovery codes, which are never shown again, or None for a
    wrong code."""
    with transaction.atomic():
        row = SecondStep.objects.select_for_update().filter(user=user, confirmed=None).first()
        if row is None or not _right(row, code):
            return None
        codes = _fresh()
        row.confirmed, row.codes = timezone.now(), [digest(one) for one in codes]
        row.save(update_fields=["confirmed", "codes"])
    return codes


def check(user: User, code: str) -> str:
    """Return how the code is right: "app", "recovery" (which uses it up), or "" when it is wrong. Of two requests with
    one code, one is let in."""
    with transaction.atomic():
        row = SecondStep.objects.select_for_update().filter(user=user).first()
        if row is None:
            return ""
        if row.confirmed is not None and _right(row, code):
            return "app"
        known = digest(_plain(code))
        if known not in row.codes:
            return ""
        row.codes = [one for one in row.codes if one != known]
        row.save(update_fields=["codes"])
        return "recovery"


def new_codes(user: User) -> list[str]:
    """Make ten recovery codes; those of before stop working."""
    codes = _fresh()
    kept = {"codes": [digest(one) for one in codes]}
    SecondStep.objects.update_or_create(
        user=user, defaults=kept, create_defaults={"secret": pyotp.random_base32(), **kept}
    )
    return codes


def app_off(user: User) -> None:
    """Take no codes of the app any more; with passkeys left the second step stays on."""
    if not Passkey.objects.filter(user=user).exists():
        turn_off(user)
        return
    SecondStep.objects.filter(user=user).update(confirmed=None, last_step=0, secret=pyotp.random_base32())


def turn_off(user: User) -> bool:
    """Ask for no code and no passkey any more, and forget them; False when there were none."""
    with transaction.atomic():
        keys = Passkey.objects.filter(user=user).delete()[0]
        return SecondStep.objects.filter(user=user).delete()[0] + keys > 0


def _right(row: SecondStep, code: str) -> bool:
    """Tell whether it is a code of the app that was not taken before, and take it."""
    typed = _plain(code)
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return False
    now = int(time.time()) // SECONDS
    app = pyotp.TOTP(row.secret)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if secrets.compare_digest(app.generate_otp(step), typed):
            # By an UPDATE: SQLite locks no rows.
            return SecondStep.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step) == 1
    return False


def _plain(code: str) -> str:
    return code.replace(" ", "").replace("-", "").strip().lower()


def _fresh() -> list[str]:
    return ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]

"""A forgotten password: a link by e-mail, where this installation can send any and knows its own address."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q, QuerySet

from annotator.accounts.choices import Purpose
from annotator.accounts.models import User
from annotator.accounts.services import issue_signin_link

MINUTES = 60
MOST = 5
"""People who may share one e-mail address."""
SEND_RESET = "annotator.send_password_reset"
UNREACHED = (smtplib.SMTPException, OSError)


def offered() -> bool:
    """Tell whether passwords are reset by e-mail here; else an administrator makes a link."""
    return bool(settings.EMAIL_HOST and settings.SITE_URL)


def _meant_by(typed: str) -> QuerySet[User]:
    """Return the people with an e-mail address who are called this, or have it."""
    rows = User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed), is_active=True)
    return rows.exclude(email="").order_by("pk")


def send_links(typed: str) -> None:
    """Send a link to each person that is meant; to nobody where nobody is. A worker does it, so that whoever asks can't
    tell the one from the other by the time it takes. Raises what the mail server raises."""
    for person in _meant_by(typed.strip())[:MOST]:
        secret = issue_signin_link(person, minutes=MINUTES, purpose=Purpose.PASSWORD)
        text = (
            f"Somebody asked for a new password for {person.username} at {settings.SITE_URL}.\n\n"
            f"Set it here within {MINUTES} minutes:\n{settings.SITE_URL}/password/{secret}/\n\n"
            "If that was not you, do nothing: your password stays as it is."
        )
        send_mail("Maskwright: a new password", text, None, [person.email])

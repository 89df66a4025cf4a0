"""E-mail about notices, where this installation can send any (MASKWRIGHT_EMAIL_HOST)."""

from __future__ import annotations

import logging
import smtplib
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from annotator.accounts.models import User
from annotator.notices.models import Notice
from annotator.notices.present import address_of, sentence_of
from annotator.notices.queries import visible
from annotator.runs.messages import post

log = logging.getLogger(__name__)

SEND_MAIL = "annotator.send_notice_mail"
PREFERENCE = "notice_mail"
"""false in a person's preferences: no e-mail."""
BATCH = 100
AGAIN = timedelta(minutes=15)
"""What a mail server would not take is tried again after this."""
TOO_LATE = timedelta(days=2)


def wants_mail(user: User) -> bool:
    """Tell whether notices of this person go out by e-mail, too."""
    return bool(settings.EMAIL_HOST and user.email and user.preferences.get(PREFERENCE) is not False)


def send_soon() -> None:
    """Have a worker send what is due. Without a queue the sweeper does it later."""
    post(SEND_MAIL, "e-mail")


def send_left_behind() -> None:
    """Ask again for what was not sent in time."""
    if settings.EMAIL_HOST and Notice.objects.filter(mail_due__lt=timezone.now() - timedelta(minutes=1)).exists():
        send_soon()


def send_due() -> None:
    """Send what is due. Each is taken by a conditional update before it goes, so no two workers send one; one that was
    read meanwhile, or is too old, is left out."""
    now = timezone.now()
    due = Notice.objects.filter(mail_due__lte=now).order_by("mail_due").values_list("pk", "mail_due")
    for pk, moment in list(due[:BATCH]):
        if Notice.objects.filter(pk=pk, mail_due=moment).update(mail_due=now + AGAIN) and _sent(pk):
            Notice.objects.filter(pk=pk).update(mail_due=None)


def _sent(pk: uuid.UUID) -> bool:
    """Send one; False when it is to be tried again."""
    notice = Notice.objects.select_related("user", "actor", "project", "image").get(pk=pk)
    late = timezone.now() - notice.created > TOO_LATE
    if late or notice.read or not notice.user.is_active or not visible(notice.user).filter(pk=pk).exists():
        return True
    where = f"{settings.SITE_URL}{address_of(notice)}" if settings.SITE_URL else ""
    sentence = sentence_of(notice)
    text = "\n\n".join(filter(None, [sentence, str(notice.about.get("text", "")), where]))
    try:
        send_mail(f"Maskwright: {sentence}"[:200].replace("\n", " "), text, None, [notice.user.email])
    except (smtplib.SMTPException, OSError) as error:
        log.warning("E-mail of notice %s was not sent: %s", pk, error)
        return False
    return True

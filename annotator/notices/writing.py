"""From what happened to notices of those whom it concerns."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotator.accounts.models import User
from annotator.lib.happenings import Happening, Kind
from annotator.notices.mail import send_soon, wants_mail
from annotator.notices.models import Notice

TOLD = frozenset(
    {
        Kind.JOBS_ASSIGNED, Kind.IMAGE_RETURNED, Kind.MENTIONED, Kind.RUN_SUCCEEDED, Kind.RUN_FAILED,
        Kind.MODEL_PROMOTED, Kind.MERGING_WAITS,
    }
)  # fmt: skip
QUIET_RUNS = frozenset({"embed", "automask_preview", "propagate", "check_import"})
"""Kinds of runs that nobody waits for elsewhere: they come by themselves, or end before the person's eyes."""
KEPT = 500
"""Notices of a person; older ones that were read make room."""


def heard(happening: Happening) -> None:
    """Write notices; nobody gets one of what they did themselves, save runs they asked for."""
    if happening.kind not in TOLD or happening.about.get("kind") in QUIET_RUNS:
        return
    run = happening.kind in (Kind.RUN_SUCCEEDED, Kind.RUN_FAILED)
    wanted = [pk for pk in happening.people if run or pk != happening.actor]
    people = list(User.objects.filter(pk__in=wanted, is_active=True)) if wanted else []
    now = timezone.now()
    notices = Notice.objects.bulk_create(
        Notice(
            user=user, kind=happening.kind, project_id=happening.project, image_id=happening.image,
            actor_id=happening.actor, about=happening.about, mail_due=now if wants_mail(user) else None,
        )
        for user in people
    )  # fmt: skip
    for user in people:
        _make_room(user)
    if settings.EMAIL_HOST and any(notice.mail_due for notice in notices):
        transaction.on_commit(partial(send_soon))


def _make_room(user: User) -> None:
    oldest = Notice.objects.filter(user=user).order_by("-created").values_list("created", flat=True)[KEPT : KEPT + 1]
    for moment in oldest:
        Notice.objects.filter(user=user, created__lte=moment).exclude(read=None).delete()

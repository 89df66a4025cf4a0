"""Verbs about notices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils import timezone

from annotator.accounts.models import User
from annotator.notices.models import Notice


def mark_read(user: User, notices: Sequence[uuid.UUID] | None = None) -> None:
    """Mark these notices of one's own as read, or all of them."""
    rows = Notice.objects.filter(user=user, read=None)
    rows = rows if notices is None else rows.filter(pk__in=notices)
    rows.update(read=timezone.now())

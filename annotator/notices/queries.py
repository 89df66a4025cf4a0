"""Reading notices: one's own, of what one may still see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from annotator.accounts.access import Person
from annotator.notices.models import Notice
from annotator.projects.queries import seen


def visible(user: Person) -> QuerySet[Notice]:
    """Return a person's notices, without those of projects they left and of images they do not see (any more)."""
    rows = Notice.objects.filter(Q(project=None) | Q(project__memberships__user=user.pk), user=user.pk)
    rows = seen(user, rows.filter(Q(image=None) | Q(image__deleted_at=None)), "image")
    return rows.select_related("user", "actor", "project", "image")


def unread(user: Person) -> int:
    """Count those that were not read."""
    return visible(user).filter(read=None).count()

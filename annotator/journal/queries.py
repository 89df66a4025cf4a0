"""Reading a project's log."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db.models import QuerySet

from annotator.journal.choices import TOPICS, Topic
from annotator.journal.models import Entry
from annotator.lib.days import start_of
from annotator.projects.models import Project


def entries_of(
    project: Project,
    *,
    topic: str = "",
    person: uuid.UUID | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Entry]:
    """Return the entries, the newest first, narrowed by topic, by who did it, and by days (UTC, both included)."""
    rows = Entry.objects.filter(project=project)
    if topic:
        rows = rows.filter(kind__in=TOPICS[Topic(topic)])
    if person is not None:
        rows = rows.filter(actor=person)
    if since is not None:
        rows = rows.filter(created__gte=start_of(since))
    if until is not None and until < date.max:
        rows = rows.filter(created__lt=start_of(until + timedelta(days=1)))
    return rows.order_by("-created", "id")

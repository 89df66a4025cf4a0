"""What was done to a project, for those who manage it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.accounts.models import User
from annotator.journal.api.serializers import LogFilter
from annotator.journal.choices import Topic
from annotator.journal.models import Entry
from annotator.journal.present import entries_json
from annotator.journal.queries import entries_of
from annotator.projects.queries import get_project_for
from annotator.web.narrowing import paged, wanted_of
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context


@page
def log(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the log by pages, narrowed as the address says."""
    found = get_project_for(request.user, project_id, Right.MANAGE)
    wanted, nonsense = wanted_of(request, LogFilter)
    sheet = paged(request, entries_of(found, **wanted), wanted)
    people = User.objects.filter(pk__in=Entry.objects.filter(project=found).order_by().values("actor"))
    context = {
        "entries": entries_json(sheet["rows"]),
        "problems": [f"“{sent}” is nothing to narrow the log by." for sent in nonsense],
        "topics": Topic.choices,
        "people": people.order_by("first_name", "last_name", "username"),
    }
    return show(request, "web/log.html", project_context(request, found) | sheet | context)

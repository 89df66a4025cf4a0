"""What was done to a project, for those who manage it."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.accounts.models import User
from annotator.journal.api.serializers import LogFilter
from annotator.journal.choices import Topic
from annotator.journal.models import Entry
from annotator.journal.present import entries_json
from annotator.journal.queries import entries_of
from annotator.projects.queries import get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

SHOWN = 100
FILTERS = ("topic", "person", "since", "until")


@page
def log(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the log by pages, narrowed as the address says."""
    found = get_project_for(request.user, project_id, Right.MANAGE)
    wanted, problems = _wanted(request)
    at = int(text) if (text := request.GET.get("page", "")).isascii() and text.isdigit() and len(text) < 6 else 1
    begin = (max(at, 1) - 1) * SHOWN
    rows = list(entries_of(found, **wanted)[begin : begin + SHOWN + 1])
    asked = {name: str(value) for name, value in wanted.items()}
    people = User.objects.filter(pk__in=Entry.objects.filter(project=found).order_by().values("actor"))
    context = {
        "entries": entries_json(rows[:SHOWN]),
        "asked": asked,
        "problems": problems,
        "topics": Topic.choices,
        "people": people.order_by("first_name", "last_name", "username"),
        "newer": _address(asked, at - 1) if at > 1 else "",
        "older": _address(asked, at + 1) if len(rows) > SHOWN else "",
    }
    return show(request, "web/log.html", project_context(request, found) | context)


def _wanted(request: PageRequest) -> tuple[dict[str, Any], list[str]]:
    """What to narrow by, and what could not be understood, in sentences."""
    sent = {name: value for name in FILTERS if (value := request.GET.get(name, ""))}
    checked = LogFilter(data=sent)
    if checked.is_valid():
        return dict(checked.validated_data), []
    wrong = set(checked.errors)
    kept = LogFilter(data={name: value for name, value in sent.items() if name not in wrong})
    kept.is_valid(raise_exception=True)
    return dict(kept.validated_data), [f"“{sent[name]}” is nothing to narrow the log by." for name in sorted(wrong)]


def _address(asked: dict[str, str], at: int) -> str:
    return "?" + urlencode(asked | {"page": str(at)})

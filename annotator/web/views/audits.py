"""Audits: drawing a sample to be corrected blindly, and what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.audits.models import Audit
from annotator.audits.numbers import PUBLISHED, numbers_of
from annotator.audits.services import MOST
from annotator.jobs.queries import workers_of
from annotator.projects.queries import get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

SHOWN = 30
SIZE = 100
"""Offered at first."""
TITLES = {"above_90": "above 0.9", "above_75": "above 0.75"}


@page
def audits(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the audits, and one (?show=, the newest otherwise) in detail."""
    found = get_project_for(request.user, project_id, Right.REVIEW)
    rows = list(found.audits.select_related("created_by")[:SHOWN])
    wanted = request.GET.get("show", "")
    chosen = next((row for row in rows if str(row.pk) == wanted), rows[0] if rows else None)
    people = [member.user for member in workers_of(found).select_related("user").order_by("user__username")]
    context = project_context(request, found) | {
        "rows": rows,
        "people": people,
        "most": MOST,
        "size": SIZE,
        "detail": _detail(chosen) if chosen else None,
    }
    return show(request, "web/audits.html", context)


def _detail(audit: Audit) -> dict[str, Any]:
    numbers = numbers_of(audit)
    most = max((row["count"] for row in numbers["histogram"]), default=0)
    return {
        "row": audit,
        "numbers": numbers,
        "shares": [{"title": title, "published": PUBLISHED[name]} | numbers[name] for name, title in TITLES.items()],
        "bars": [row | {"most": most or 1} for row in reversed(numbers["histogram"])],
        "people": _people(audit),
        "corrections": audit.masks.filter(iou__lt=1, taken=None, own=False).count(),
        "taken": audit.masks.exclude(taken=None).count(),
    }


def _people(audit: Audit) -> list[dict[str, Any]]:
    """Who corrects how many, and how many of them are judged."""
    found: dict[Any, dict[str, Any]] = {}
    for row in audit.masks.select_related("person").defer("rle", "corrected"):
        about = found.setdefault(row.person_id, {"person": row.person, "masks": 0, "judged": 0})
        about["masks"] += 1
        about["judged"] += row.iou is not None
    return sorted(found.values(), key=lambda about: about["person"].name if about["person"] else "")

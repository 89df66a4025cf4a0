"""Two models rated by people: rating what comes next, and what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.evaluations.masks import accepted
from annotator.inference.queries import clickable
from annotator.projects.queries import get_project_for
from annotator.ratings.api.serializers import LARGEST
from annotator.ratings.models import Rating
from annotator.ratings.numbers import numbers_of
from annotator.ratings.queries import next_pair
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

SHOWN = 30
POINTS = range(1, 11)


@page
def ratings(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show a comparison (?show=, the newest otherwise): what is to be rated, and to who may review, the numbers."""
    found = get_project_for(request.user, project_id, Right.ANNOTATE)
    rows = list(found.ratings.select_related("created_by")[:SHOWN])
    wanted = request.GET.get("show", "")
    chosen = next((row for row in rows if str(row.pk) == wanted), rows[0] if rows else None)
    context = project_context(request, found)
    context["config"]["rating"] = str(chosen.pk) if chosen else ""
    context |= {
        "rows": rows,
        "chosen": chosen,
        "models": list(clickable()),
        "eligible": accepted(found).count(),
        "largest": LARGEST,
        "points": POINTS,
        "sides": ("left", "right"),
        "ahead": next_pair(request.user, chosen) if chosen else None,
        "detail": _detail(chosen) if chosen and context["can"]["review"] else None,
    }
    return show(request, "web/ratings.html", context)


def _detail(rating: Rating) -> dict[str, Any]:
    numbers = numbers_of(rating)
    difference = numbers["difference"]
    sure = difference["low"] is not None and (difference["low"] > 0 or difference["high"] < 0)
    better = rating.second_name if (difference["value"] or 0) > 0 else rating.first_name
    return {"numbers": numbers, "sure": sure, "better": better}

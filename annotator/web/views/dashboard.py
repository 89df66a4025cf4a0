"""How a project goes, day by day, person by person, label by label."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.dashboard.api.serializers import USUAL_DAYS
from annotator.dashboard.models import SUMS
from annotator.dashboard.numbers import figures, numbers_for
from annotator.dashboard.steps import PACE_DAYS
from annotator.projects.queries import get_project_for
from annotator.web.charts import Column, stacked
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

PERIODS = (7, USUAL_DAYS, 90, 365)
STACK = ("accepted", "done", "in_progress", "new")


@page
def dashboard(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show progress, throughput and the rest; what one person did where ?person= names one."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    days, person = _period(request.GET.get("days", "")), _person(request.GET.get("person", ""))
    numbers = numbers_for(request.user, found, days, person)
    mine = str(request.user.pk)
    for row in numbers["people"]:
        row["mine"] = row["person"] is not None and row["person"]["id"] == mine
    context = {
        "numbers": numbers,
        "total": _total(numbers["days"]),
        "period": days,
        "periods": PERIODS,
        "pace_days": PACE_DAYS,
        "person": next((row["person"] for row in numbers["people"] if person and _is(row, person)), None),
        "picked": person is not None,
        "agreed": any(row["agreement"] is not None for row in numbers["people"]),
        "scored": any(row["gold"] is not None for row in numbers["people"]),
        "worked": [row for row in reversed(numbers["days"]) if any(row[name] for name in (*SUMS, "images"))],
        "standing": stacked([_column(row, {kind: row[kind] for kind in STACK}) for row in numbers["progress"]]),
        "images": stacked([_column(row, {"done": row["images"]}) for row in numbers["days"]]),
        "masks": stacked([_column(row, {"masks": row["made"]}) for row in numbers["days"]]),
    }
    return show(request, "web/dashboard.html", project_context(request, found) | context)


def _period(text: str) -> int:
    return int(text) if text in {str(days) for days in PERIODS} else USUAL_DAYS


def _person(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _is(row: dict[str, Any], person: uuid.UUID) -> bool:
    return row["person"] is not None and row["person"]["id"] == str(person)


def _column(row: dict[str, Any], counts: dict[str, int]) -> Column:
    return Column(row["day"].strftime("%m-%d"), row["day"].isoformat(), counts)


def _total(days: list[dict[str, Any]]) -> dict[str, Any]:
    sums = Counter({name: sum(row[name] for row in days) for name in SUMS})
    return figures(sums) | {"images": sum(row["images"] for row in days)}

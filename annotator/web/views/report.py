"""How the work of a project goes, stage by stage."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.annotations.choices import Stage
from annotator.projects.queries import get_project_for
from annotator.suggestions.decide.report import stage_report
from annotator.tuning.report import retrained
from annotator.web.charts import histogram, weekly_masks
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

TITLES = {
    Stage.ASSISTED_MANUAL.value: "Assisted-manual",
    Stage.SEMI_AUTOMATIC.value: "Semi-automatic",
    Stage.FULLY_AUTOMATIC.value: "Fully automatic",
}


@page
def report(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show masks, times, clicks and what became of suggestions, per stage and week."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    numbers = stage_report(found)
    semi = next(row for row in numbers["stages"] if row["stage"] == Stage.SEMI_AUTOMATIC)
    for row in (*numbers["stages"], *numbers["weeks"]):
        row["title"] = TITLES.get(row["stage"], row["stage"])
    context = {
        "report": numbers,
        "made": any(row["masks"] for row in numbers["stages"]),
        "suggested": semi,
        "above_90": _percent(semi["iou_above_90"]),
        "between": [_percent(end) for end in semi["iou_above_90_interval"] or []],
        "decided": semi["accepted"] + semi["rejected"],
        "weekly": weekly_masks(numbers["weeks"]),
        "alike": histogram(semi["iou_histogram"], numbers["iou_bins"]),
    }
    return show(request, "web/report.html", project_context(request, found) | context | {"effect": retrained(found)})


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)

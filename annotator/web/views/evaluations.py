"""How well models find the masks of a project."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.evaluations import queries
from annotator.evaluations.api.serializers import example_url
from annotator.evaluations.masks import accepted
from annotator.evaluations.models import Evaluation
from annotator.evaluations.parameters import Wanted, can_run_baselines
from annotator.experiments.queries import experiments_of
from annotator.inference.queries import clickable
from annotator.projects.models import Project
from annotator.projects.queries import get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import editor_pattern, project_context
from annotator.web.scores import COLUMNS, baseline_rows, evaluation_rows, group_rows, label_rows
from annotator.web.tasks import tables

SHOWN = 30


@page
def evaluations(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show every evaluation in one table, and one of them (?show=, the newest otherwise) in detail."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    rows = list(queries.evaluations_for(request.user, found)[:SHOWN])
    context = project_context(request, found) | {
        "columns": COLUMNS,
        "rows": evaluation_rows(rows),
        "eligible": accepted(found).count(),
        "models": list(clickable()),
        "baselines": can_run_baselines(),
        "attributes": _attributes(found),
        "wanted": Wanted(),
        "tables": tables(list(experiments_of(found)[:SHOWN])),
        "detail": _detail(found, rows, request.GET.get("show", "")),
    }
    return show(request, "web/evaluations.html", context)


def _attributes(project: Project) -> list[str]:
    """Return the names of the attributes that the project's labels have."""
    lists = project.labels.values_list("attributes", flat=True)
    return sorted({str(one["name"]) for attributes in lists for one in attributes if one.get("name")})


def _detail(project: Project, rows: list[Evaluation], wanted: str) -> dict[str, Any] | None:
    if not rows:
        return None
    chosen = next((row for row in rows if str(row.pk) == wanted), rows[0])
    edit = editor_pattern(project)
    examples = [
        (row.best, {"url": example_url(row), "edit": edit.replace("{image}", str(row.image_id)), "row": row})
        for row in chosen.examples.all()
    ]
    best = [shown for is_best, shown in examples if is_best]
    worst = [shown for is_best, shown in reversed(examples) if not is_best]
    ends = (("Best answers to one click", best), ("Worst answers to one click", worst))
    return {
        "row": chosen,
        "n": chosen.summary["n"],
        "baselines": baseline_rows(chosen),
        "labels": label_rows(chosen),
        "groups": group_rows(chosen),
        "grouped": chosen.summary.get("groups"),
        "ends": [(title, examples) for title, examples in ends if examples],
        "again": {"models": [str(chosen.model_version_id)], **chosen.params} if chosen.model_version_id else None,
    }

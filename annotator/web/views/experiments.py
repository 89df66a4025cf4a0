"""The SAM paper's tasks on a project's masks: start one, and what came of each."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.datasets.queries import snapshots_for
from annotator.evaluations.masks import accepted
from annotator.experiments.models import Experiment
from annotator.experiments.parameters import LIMIT, Wanted
from annotator.experiments.queries import experiments_of
from annotator.experiments.truth import covered_images
from annotator.inference.queries import clickable
from annotator.projects.queries import get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context
from annotator.web.tasks import choices, detail, tables

SHOWN = 60


@page
def experiments(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the results, a table for each task, and one of them (?show=, the newest otherwise) in detail."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    rows = list(experiments_of(found)[:SHOWN])
    wanted = request.GET.get("show", "")
    chosen = next((row for row in rows if str(row.pk) == wanted), rows[0] if rows else None)
    context = project_context(request, found)
    if context["can"]["edit_settings"]:
        context |= {
            "tasks": choices(),
            "models": list(clickable()),
            "snapshots": list(snapshots_for(request.user, found).exclude(name="").filter(annotations__gt=0)[:SHOWN]),
            "eligible": accepted(found).count(),
            "covered": covered_images(found).count(),
            "usual": Wanted("point"),
            "most": LIMIT[1],
        }
    context |= {"tables": tables(rows), "detail": detail(chosen) | _for_leads(chosen) if chosen else None}
    return show(request, "web/experiments.html", context)


def _for_leads(row: Experiment) -> dict[str, Any]:
    """What only those see who may start one: the images that a detector's file names are not for everybody."""
    return {"again": _again(row), "problems": row.run.params.get("problems", []) if row.run else []}


def _again(row: Experiment) -> dict[str, Any] | None:
    """The request that measures the same anew; none without its model, its snapshot or its detector's boxes."""
    if row.model_version_id is None or row.params["detector"] or (row.source and row.snapshot_id is None):
        return None
    points = {"points": row.params["points"]} if row.params["points"] else {}
    snapshot = {"snapshot": str(row.snapshot_id)} if row.snapshot_id else {}
    return {"task": row.task, "model": str(row.model_version_id), "limit": row.params["limit"]} | points | snapshot

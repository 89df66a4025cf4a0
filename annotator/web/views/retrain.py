"""Retraining a project's model: what there is to learn from, the gate, the way back, the rule."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.utils import timezone

from annotator.accounts.access import Right
from annotator.projects.queries import get_project_for
from annotator.tuning import queries, report, rules, services
from annotator.tuning.gather import INSTALL, missing_packages
from annotator.tuning.masks import material
from annotator.tuning.parameters import MINUTES, Wanted
from annotator.web.gate import detailed, listed
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

SHOWN = 30


@page
def retrain(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the history, and one retraining (?show=, the newest otherwise) in detail. For managers and owners."""
    found = get_project_for(request.user, project_id, Right.MANAGE)
    rows = list(queries.retrainings_of(found)[:SHOWN])
    wanted = request.GET.get("show", "")
    chosen = next((row for row in rows if str(row.pk) == wanted), rows[0] if rows else None)
    used = found.model_version_id
    context = project_context(request, found) | {
        "material": material(found),
        "missing": missing_packages(),
        "install": INSTALL,
        "minutes": MINUTES,
        "wanted": Wanted(),
        "rule": rules.rule_of(found),
        "now": timezone.now(),
        "way_back": services.way_back(found),
        "history": [listed(row, used) for row in rows],
        "detail": detailed(chosen, used) if chosen else None,
        "effect": report.retrained(found),
    }
    return show(request, "web/retrain.html", context)

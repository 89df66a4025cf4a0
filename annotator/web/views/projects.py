"""The list of projects, and the pages of one project."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.datasets.queries import snapshots_for
from annotator.datasets.selection import reviewing
from annotator.inference.choices import ModelState, Prompts
from annotator.inference.models import ModelVersion
from annotator.projects import queries
from annotator.projects.colors import PALETTE
from annotator.projects.queries import get_project_for, projects_of
from annotator.reviews.queries import rule_of
from annotator.suggestions.search.queries import progress_of
from annotator.web.cards import project_cards
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import labels_json, project_context, roles
from export import FORMATS


@page
def projects(request: PageRequest) -> HttpResponse:
    """All projects of the person, newest first."""
    rows = queries.with_counts(projects_of(request.user), request.user).order_by("-created", "id")
    return show(request, "web/projects.html", {"projects": project_cards(request.user, list(rows))})


@page
def settings(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Labels, members, model and the rest."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    context = project_context(request, found) | {"roles": roles(), "rule": rule_of(found)}
    usable = ModelVersion.objects.exclude(state=ModelState.FAILED).filter(prompts=Prompts.CLICKS)
    context["config"] |= {
        "labels": labels_json(found),
        "palette": list(PALETTE),
        "roles": roles(),
        "models": [_model_choice(version) for version in usable],
        "model": str(found.model_version_id) if found.model_version_id else None,
    }
    return show(request, "web/settings.html", context)


def _model_choice(version: ModelVersion) -> dict[str, str]:
    fields = ("name", "version", "family", "licence", "notice", "state")
    return {"id": str(version.pk)} | {field: getattr(version, field) for field in fields}


@page
def exports(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Make an export and download earlier ones."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    _, waiting = progress_of(found)
    named = snapshots_for(request.user, found).exclude(name="").order_by("-created")[:200]
    asked = request.GET.get("snapshot", "")
    passing = [row for row in snapshots_for(request.user, found).filter(name="")[:200] if str(row.pk) == asked]
    about = {
        "formats": list(FORMATS.values()), "waiting": waiting, "snapshots": [*passing, *named], "asked": asked,
        "reviewing": reviewing(found),
    }  # fmt: skip
    return show(request, "web/exports.html", project_context(request, found) | about)

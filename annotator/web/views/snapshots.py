"""Frozen states of a project: list, make, compare."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.accounts.models import User
from annotator.annotations.choices import Stage, Status
from annotator.datasets import queries
from annotator.datasets.choices import Part
from annotator.datasets.models import Comparison, Snapshot
from annotator.datasets.selection import reviewing
from annotator.projects.choices import ImageState
from annotator.projects.models import Project
from annotator.projects.queries import get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

SHOWN = 20
STATES = {ImageState.NEW: "New", ImageState.IN_PROGRESS: "In progress", ImageState.DONE: "Done"}
STAGES = {
    Stage.ASSISTED_MANUAL: "Assisted-manual", Stage.SEMI_AUTOMATIC: "Semi-automatic",
    Stage.FULLY_AUTOMATIC: "Fully automatic",
}  # fmt: skip
STATUSES = {Status.OPEN: "Not judged", Status.APPROVED: "Approved", Status.REJECTED: "Rejected"}
PARTS = {Part.TRAIN.value: "Train", Part.VAL.value: "Validation", Part.TEST.value: "Test", "": "In no part"}
USUAL_SHARES = {Part.TRAIN: 80, Part.VAL: 10, Part.TEST: 10}


@page
def snapshots(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the snapshots, newest first, and what a new one may hold."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    rows = queries.snapshots_for(request.user, found).order_by("-created", "id")
    named = list(rows.exclude(name="")[:200])
    shown = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    context = project_context(request, found) | {
        "rows": [about(row, found) for row in shown],
        "pages": shown,
        "named": named,
        "origin": queries.origin_of(found),
        "placed": [(part, PARTS[part], count) for part, count in queries.parts_of(found).items()],
        "reviewing": reviewing(found),
        "choices": _choices(found),
        "shares": [(part, PARTS[part], USUAL_SHARES[part]) for part in Part],
    }
    return show(request, "web/snapshots.html", context)


def about(row: Snapshot, project: Project) -> dict[str, Any]:
    """Return what the page says of a snapshot."""
    parts = [part | {"title": PARTS[part["part"]]} for part in row.report.get("parts", [])]
    names = [part["part"] for part in parts]
    labels = [
        label | {"name": label["name"] or "unlabelled", "counts": [label["parts"].get(name, 0) for name in names]}
        for label in row.report.get("labels", [])
    ]
    missing = [
        (part["title"], [one["label"] for one in row.report["missing"] if one["part"] == part["part"]])
        for part in parts if part["part"]
    ]  # fmt: skip
    return {
        "row": row, "parts": parts, "labels": labels, "missing": [one for one in missing if one[1]],
        "groups": row.report.get("groups"), "chosen": said_of(row.selection, project),
    }  # fmt: skip


def said_of(selection: dict[str, Any], project: Project) -> list[str]:
    """Return what was chosen, as short sentences; none where all was."""
    said = []
    if selection.get("accepted_only"):
        said.append("accepted images only")
    for name, words in (("states", STATES), ("stages", STAGES), ("statuses", STATUSES)):
        if chosen := selection.get(name):
            said.append(", ".join(str(words.get(value, value)) for value in chosen).lower())
    if labels := selection.get("labels"):
        names = project.labels.filter(pk__in=labels).order_by("order").values_list("name", flat=True)
        said.append("labels " + ", ".join(names))
    if tags := selection.get("tags"):
        said.append(
            "tagged " + ", ".join(project.tags.filter(pk__in=tags).order_by("name").values_list("name", flat=True))
        )
    said += [f"{len(selection[name])} {name}" for name in ("jobs", "reviewers") if selection.get(name)]
    said += [f"made {word} {selection[key]}" for key, word in (("made_from", "from"), ("made_until", "until"))
             if selection.get(key)]  # fmt: skip
    if not selection.get("unlabelled", True):
        said.append("without unlabelled masks")
    if not selection.get("empty_images", True):
        said.append("without empty images")
    return [*said, "with suggestions"] if selection.get("suggestions") else said


@page
def comparison(request: PageRequest, project_id: uuid.UUID, comparison_id: uuid.UUID) -> HttpResponse:
    """Show what became of one snapshot in another."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    row: Comparison = queries.get_comparison_for(request.user, comparison_id, Right.VIEW)
    context = project_context(request, found)
    context["config"] |= {"comparison": str(row.pk)}
    return show(request, "web/comparison.html", context | {"row": row, "report": row.report})


def _choices(project: Project) -> dict[str, Any]:
    reviewers = User.objects.filter(memberships__project=project).order_by("first_name", "username")
    names = {field["name"] for label in project.labels.all() for field in label.attributes if field.get("name")}
    return {
        "states": STATES.items(), "stages": STAGES.items(), "statuses": STATUSES.items(),
        "labels": list(project.labels.values_list("pk", "name")),
        "tags": list(project.tags.order_by("name").values_list("pk", "name")),
        "jobs": [(job.pk, job.title) for job in project.jobs.all()[:500]],
        "reviewers": [(user.pk, user.name) for user in reviewers[:500]], "attributes": sorted(names),
    }  # fmt: skip

"""The jobs of a project, and one's own work in all projects."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.utils import timezone

from annotator.accounts.access import Right
from annotator.jobs import queries
from annotator.jobs.choices import Priority, State
from annotator.jobs.models import Job
from annotator.projects.models import Project
from annotator.projects.queries import get_project_for, projects_of
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import editor_pattern, job_pattern, project_context

SHOWN = 300
"""Jobs in one table; the states narrow it."""


@page
def jobs(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Every job of the project with its progress, and for managers what can be done with them."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    state = request.GET.get("state", "")
    wanted = state if state in State.values else ""
    rows = queries.jobs_for(request.user, found)
    rows = queries.in_state(rows, wanted) if wanted else rows
    shown, progress = _rows(rows, request), queries.progress_for(request.user, found)
    context = project_context(request, found)
    context |= {
        "jobs": shown[:SHOWN],
        "more": len(shown) > SHOWN,
        "state": wanted,
        "states": [("", "All"), *((value, State(value).label) for value in State.values)],
        "priorities": [(priority.word, priority.label) for priority in reversed(Priority)],
        "progress": progress,
        "workers": [member.user for member in queries.workers_of(found)] if context["can"]["edit_settings"] else [],
        "labels": list(found.labels.order_by("order", "name")),
        "today": timezone.localdate(),
        "free": progress["images"] - progress["in_jobs"],
    }
    return show(request, "web/jobs.html", context)


@page
def work(request: PageRequest) -> HttpResponse:
    """The person's open jobs, and the projects that have work for them."""
    able = projects_of(request.user).filter(memberships__user=request.user, memberships__role__in=queries.WORKERS)
    waiting = queries.unfinished(Job.objects.filter(assignee=None, paused=False, project__in=able))
    counts = dict(waiting.order_by().values_list("project").annotate(n=Count("pk")))
    projects = [{"row": row, "waiting": counts[row.pk]} for row in Project.objects.filter(pk__in=counts)]
    rows = _rows(queries.open_for(request.user), request)[:SHOWN]
    config = {"user": str(request.user.pk), "pattern": {str(row.pk): editor_pattern(row) for row in able}}
    can = {"annotate": True, "edit_settings": False}
    context = {"jobs": rows, "projects": projects, "config": config, "can": can}
    return show(request, "web/work.html", context)


def _rows(jobs: QuerySet[Job], request: PageRequest) -> list[dict[str, Any]]:
    """Return the first jobs, unfinished ones before the others, with what a row shows of each."""
    first = queries.listed(queries.with_progress(jobs))[: SHOWN + 1]
    return [
        {
            "row": job,
            "state": queries.state_of(job).value,
            "images": job.__dict__["image_count"],
            "done": job.__dict__["done_count"],
            "returned": job.__dict__["returned_count"],
            "edit": job_pattern(job).replace("{image}", str(job.__dict__["next_image"]))
            if job.__dict__["next_image"]
            else "",
            "priority": Priority(job.priority),
            "mine": job.assignee_id == request.user.pk,
            "late": job.due is not None and job.due < timezone.localdate() and queries.state_of(job) != State.DONE,
        }
        for job in first
    ]

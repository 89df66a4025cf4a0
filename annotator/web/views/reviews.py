"""What waits for a review, for those who review."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.projects.models import Project
from annotator.projects.queries import get_project_for
from annotator.reviews.api.present import queue_json
from annotator.reviews.choices import Mode, Order
from annotator.reviews.queries import ORDERS, rule_of, waiting_in
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import editor_pattern, project_context

SHOWN = 100
"""Rows; who reviews takes the next one rather than a far one."""


@page
def reviews(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the queue, and the way to its next image."""
    found = get_project_for(request.user, project_id, Right.REVIEW)
    asked = request.GET.get("order", "")
    order = Order(asked) if asked in Order.values else Order.OLDEST
    rows = _rows(request, found, order)
    context = project_context(request, found)
    context["config"]["order"] = order.value
    about = {"rows": rows, "order": order.value, "rule": rule_of(found), "off": rule_of(found).mode == Mode.OFF}
    free = sum(1 for row in rows if not row["own"] and (row["held_by"] is None or row["mine"]))
    return show(request, "web/reviews.html", context | about | {"free": free})


def _rows(request: PageRequest, project: Project, order: Order) -> list[dict[str, Any]]:
    found = list(waiting_in(project).order_by(*ORDERS[order])[:SHOWN])
    pattern = editor_pattern(project)
    rows = queue_json(project, request.user, found)
    for row in rows:
        row["edit"] = pattern.replace("{image}", row["image"]["id"]) + "#review"
        row["mine"] = row["held_by"] is not None and row["held_by"]["id"] == str(request.user.pk)
        row["level"] = "high" if row["risk"] >= 0.5 else "some" if row["risk"] >= 0.15 else "low"
    return rows

"""How far people agree who worked on the same images, and what becomes of their work."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse

from annotator.accounts.access import Right
from annotator.agreement.numbers import agreement_for, sees_people
from annotator.agreement.queries import copies_beside, images_in, rows_of
from annotator.agreement.scoring import gold_for
from annotator.jobs.queries import workers_of
from annotator.lib.errors import NotFound
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image
from annotator.projects.models.image import IN_ORDER
from annotator.projects.queries import get_image_for, get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import editor_pattern, project_context

SHOWN = 50
STATES = {"waiting": "Waiting for merging", "merged": "Merged", "open": "Nobody is done yet"}
MEASURES = ("found", "iou", "boundary_iou", "alpha")


@page
def agreement(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the numbers, and the images that wait for merging."""
    found = get_project_for(request.user, project_id, Right.REVIEW)
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else "waiting"
    numbers = agreement_for(request.user, found)
    pages = Paginator(images_in(found, state).order_by(*IN_ORDER), SHOWN).get_page(request.GET.get("page"))
    rows = rows_of(list(pages), people=sees_people(request.user, found))
    for part in (numbers["overall"], *numbers["labels"], *numbers["pairs"], *numbers["weeks"]):
        part["measures"] = [said(part[name], share=name == "found") for name in MEASURES]
    context = project_context(request, found) | {
        "numbers": numbers,
        "state": state,
        "states": STATES,
        "rows": rows,
        "pages": pages,
        "gold": gold_for(request.user, found),
        "ready": [str(row["image"].pk) for row in rows if row["done"] > 1],
        "can_overlap": workers_of(found).count() > 1,
    }
    return show(request, "web/agreement.html", context)


def said(measure: dict[str, Any], *, share: bool) -> dict[str, str]:
    """Return a number and its interval as a page writes them."""
    if measure["value"] is None:
        return {"value": "–", "interval": ""}
    interval = "" if measure["low"] is None else f"{_said(measure['low'], share)} to {_said(measure['high'], share)}"
    return {"value": _said(measure["value"], share), "interval": interval}


def _said(value: float, share: bool) -> str:
    return f"{round(100 * value)}\u202f%" if share else f"{value:.2f}"


@page
def copies(request: PageRequest, project_id: uuid.UUID, image_id: uuid.UUID) -> HttpResponse:
    """Show what several people made of one image, side by side, and what may become of it."""
    image = get_image_for(request.user, image_id, Right.REVIEW)
    if image.project_id != project_id or image.copy_of_id is not None:
        raise NotFound("image")
    context = project_context(request, image.project)
    context["config"]["image"] = str(image.pk)
    beside = copies_beside(request.user, image)
    pattern = editor_pattern(image.project)
    for copy in beside["copies"]:
        copy["edit"] = pattern.replace("{image}", str(copy["id"]))
    context |= {"image": image, "edit": pattern.replace("{image}", str(image.pk)), "thumb": _thumb(image)} | beside
    return show(request, "web/copies.html", context)


def _thumb(image: Image) -> str:
    return image_urls(image.pk, image.sha256)["thumb"]

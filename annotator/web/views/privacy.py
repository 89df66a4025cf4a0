"""What is covered in a project's pictures: the rule, the search of what was there before, the review."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse

from annotator.accounts.access import Right
from annotator.privacy import queries
from annotator.privacy.api.present import rule_json
from annotator.privacy.choices import THRESHOLD, Outline, Style
from annotator.privacy.queries import get_covered_image_for
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image, Project
from annotator.projects.models.image import IN_ORDER
from annotator.projects.queries import get_project_for
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context
from sam_backend.faces.weights import INSTALL, weights_path

SHOWN = 24
FOUND = {"yes": True, "no": False}


@page
def privacy(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the rule and the images by pages, with something covered or without (?found=). For managers and owners."""
    found = get_project_for(request.user, project_id, Right.MANAGE)
    wanted = request.GET.get("found", "")
    rows = queries.looked_at(found, FOUND.get(wanted)).order_by(*IN_ORDER)
    shown = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    context = project_context(request, found) | {
        "rule": rule_json(queries.rule_of(found)),
        "styles": Style.choices,
        "outlines": Outline.choices,
        "threshold": THRESHOLD,
        "missing": weights_path() is None,
        "install": INSTALL,
        "found": wanted if wanted in FOUND else "",
        "shown": shown,
        "images": [_card(image) for image in shown],
    }
    return show(request, "web/privacy.html", context)


@page
def covered(request: PageRequest, project_id: uuid.UUID, image_id: uuid.UUID) -> HttpResponse:
    """Show one image with what is covered in it. For managers and owners."""
    held = get_covered_image_for(request.user, image_id)
    found = get_project_for(request.user, project_id, Right.MANAGE)
    image = queries.looked_at(found).get(pk=held.pk)
    neighbours = _neighbours(found, image)
    card = _card(image)
    context = project_context(request, found) | card | neighbours
    context["config"] |= {"image": str(image.pk), "width": image.width, "height": image.height}
    return show(request, "web/covered.html", context)


def _card(image: Image) -> dict[str, Any]:
    look: Any = getattr(image, "look", None)
    regions: list[Any] = getattr(image, "regions", [])
    return {
        "image": image,
        "urls": image_urls(image.pk, image.sha256),
        "look": look,
        "regions": regions,
        "original": bool(look and look.original_sha256),
    }


def _neighbours(project: Project, image: Image) -> dict[str, str]:
    """Return the addresses of the images before and after, where there are any."""
    before = project.images.filter(place__lt=image.place).order_by("-place", "-id").first()
    after = project.images.filter(place__gt=image.place).order_by(*IN_ORDER).first()
    found = {"before": before, "after": after}
    return {name: reverse("web:covered", args=[project.pk, one.pk]) for name, one in found.items() if one}

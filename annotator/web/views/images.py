"""The images of a project: the grid, with what it is narrowed and sorted by."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from annotator.accounts.access import Right, sees_all
from annotator.accounts.models import User
from annotator.inference.queries import asked_in_words
from annotator.jobs.queries import has_work, workers_of
from annotator.projects import queries
from annotator.projects.api.present import images_json
from annotator.projects.api.tag_serializers import SavedFilterSerializer
from annotator.projects.api.wishes import ImageFilter
from annotator.projects.choices import ReviewState, Sorting
from annotator.projects.extensions import meant_by
from annotator.projects.filters import narrowed, order_of
from annotator.projects.models import Project
from annotator.projects.queries import get_project_for
from annotator.reviews.queries import returned_to
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import labels_json, project_context

FIRST_IMAGES = 60
ON_BUTTONS = {"state", "review", "search", "sort", "only"}
"""What has a place of its own in the toolbar; the rest is in the panel of filters."""


@page
def project(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """The images of a project."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    context = project_context(request, found)
    wish = _wish(request)
    images, more = _first_images(request.user, found, wish)
    query = {name: str(value) for name, value in ImageFilter(wish).data.items() if value not in (None, "")}
    about = _choices(request.user, found, context)
    context["config"] |= {"images": images, "more": more, "filter": query, "tags": about["tags"]}
    context["config"]["counts"] = context["counts"].images
    context["config"]["people"] = [{"id": str(person.pk), "name": person.name} for person in about["people"]]
    pressed = {"search": query.get("search", ""), query.get("state") or query.get("review") or "all": True}
    pattern = context["config"]["urls"]["editor"]
    cards = [image | {"edit": pattern.replace("{image}", image["id"]), "overlay": _overlay(image)} for image in images]
    context["next_up"] = context["can"]["annotate"] and has_work(request.user, found)
    about |= {"images": cards, "filter": pressed, "mine": _returned(request, found, context)}
    about["only"] = _words_of(query.get("only", ""), found)
    about |= {"wish": query, "in_panel": len(set(query) - ON_BUTTONS), "orders": Sorting.choices}
    word_models = list(asked_in_words()) if context["can"]["annotate"] else []
    about["word_models"] = word_models if context["can"]["edit_images"] else []
    if word_models:
        context["config"]["example"] = reverse("web:automatic", args=[found.pk])
    return show(request, "web/project.html", context | about)


def _choices(user: User, found: Project, context: dict[str, Any]) -> dict[str, Any]:
    """Return what the panel of filters offers. Who sees only their own images is not told who has others."""
    return {
        "people": [member.user for member in workers_of(found)] if sees_all(user, found) else [],
        "labels": labels_json(found),
        "tags": [{"id": str(pk), "name": name} for pk, name in found.tags.values_list("pk", "name")],
        "kept": [dict(SavedFilterSerializer(row).data) for row in found.saved_filters.all()],
    }


def _returned(request: PageRequest, found: Project, context: dict[str, Any]) -> dict[str, Any] | None:
    """Return how many images were sent back to the person, and where the first of them is; None without any."""
    if not (context["counts"].images[ReviewState.RETURNED] and context["can"]["annotate"]):
        return None
    images = list(returned_to(request.user, found).values_list("pk", flat=True))
    pattern = context["config"]["urls"]["editor"]
    return {"count": len(images), "edit": pattern.replace("{image}", str(images[0]))} if images else None


def _words_of(only: str, found: Project) -> str:
    """Return what the images are narrowed to, as words; "" when they are not."""
    if not only:
        return ""
    try:
        return meant_by(found.images.all(), only)[1]
    except ValueError:
        return "that nothing on this page describes"


def _overlay(image: dict[str, Any]) -> str:
    """Return the address of the masks to lay over the thumbnail, "" when there are none."""
    return reverse("web:overlay", args=[image["id"], image["annotation_seq"]]) if image["annotations"] else ""


def _wish(request: PageRequest) -> dict[str, Any]:
    """Return what the address asks for; a part that makes no sense asks for nothing."""
    asked = {name: value for name, value in request.GET.dict().items() if value}
    checked = ImageFilter(data=asked)
    if not checked.is_valid():
        checked = ImageFilter(data={name: value for name, value in asked.items() if name not in checked.errors})
        checked.is_valid(raise_exception=True)
    return dict(checked.validated_data)


def _first_images(user: User, found: Project, wish: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """Return the first page of images as the API writes them, and whether there are more."""
    rows = queries.images_for(user, found).select_related("project__model_version")
    page_and_one = list(narrowed(rows, wish).order_by(*order_of(wish))[: FIRST_IMAGES + 1])
    return images_json(page_and_one[:FIRST_IMAGES]), len(page_and_one) > FIRST_IMAGES

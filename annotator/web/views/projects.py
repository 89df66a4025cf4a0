"""The list of projects, and the pages of one project."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from annotator.accounts.access import Right
from annotator.accounts.models import User
from annotator.inference.choices import ModelState
from annotator.inference.models import ModelVersion
from annotator.jobs.queries import has_work
from annotator.projects import queries
from annotator.projects.api.present import images_json
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.colors import PALETTE
from annotator.projects.models import Project
from annotator.projects.models.image import IN_ORDER
from annotator.projects.queries import get_project_for, projects_of
from annotator.reviews.queries import returned_to, rule_of
from annotator.suggestions.search.queries import progress_of
from annotator.web.cards import project_cards
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import labels_json, project_context, roles
from export import FORMATS

FIRST_IMAGES = 60


@page
def projects(request: PageRequest) -> HttpResponse:
    """All projects of the person, newest first."""
    rows = queries.with_counts(projects_of(request.user), request.user).order_by("-created", "id")
    return show(request, "web/projects.html", {"projects": project_cards(request.user, list(rows))})


@page
def project(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """The images of a project."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    context = project_context(request, found)
    wanted = _filter(request)
    images, more = _first_images(request.user, found, wanted)
    context["config"] |= {"images": images, "more": more, "filter": wanted, "counts": context["counts"].images}
    pressed = {"search": wanted["search"], wanted["state"] or wanted["review"] or "all": True}
    pattern = context["config"]["urls"]["editor"]
    cards = [image | {"edit": pattern.replace("{image}", image["id"]), "overlay": _overlay(image)} for image in images]
    context["next_up"] = context["can"]["annotate"] and has_work(request.user, found)
    about = {"images": cards, "filter": pressed, "mine": _returned(request, found, context)}
    return show(request, "web/project.html", context | about)


def _returned(request: PageRequest, found: Project, context: dict[str, Any]) -> dict[str, Any] | None:
    """Return how many images were sent back to the person, and where the first of them is; None without any."""
    if not (context["counts"].images[ReviewState.RETURNED] and context["can"]["annotate"]):
        return None
    images = list(returned_to(request.user, found).values_list("pk", flat=True))
    pattern = context["config"]["urls"]["editor"]
    return {"count": len(images), "edit": pattern.replace("{image}", str(images[0]))} if images else None


def _overlay(image: dict[str, Any]) -> str:
    """Return the address of the masks to lay over the thumbnail, "" when there are none."""
    return reverse("web:overlay", args=[image["id"], image["annotation_seq"]]) if image["annotations"] else ""


def _filter(request: PageRequest) -> dict[str, str]:
    state, review = request.GET.get("state", ""), request.GET.get("review", "")
    return {
        # No name holds a NUL, and PostgreSQL does not even compare with one.
        "search": request.GET.get("search", "").replace("\x00", "")[:255],
        "state": state if state in ImageState.values else "",
        "review": review if review in ReviewState.values else "",
    }


def _first_images(user: User, found: Project, wanted: dict[str, str]) -> tuple[list[dict[str, Any]], bool]:
    """Return the first page of images as the API writes them, and whether there are more."""
    rows = queries.with_annotation_count(queries.images_for(user, found).select_related("project__model_version"))
    narrowed = queries.search(rows, state=wanted["state"], review=wanted["review"], text=wanted["search"])
    matching = narrowed.order_by(*IN_ORDER)
    page_and_one = list(matching[: FIRST_IMAGES + 1])
    return images_json(page_and_one[:FIRST_IMAGES]), len(page_and_one) > FIRST_IMAGES


@page
def settings(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Labels, members, model and the rest."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    context = project_context(request, found) | {"roles": roles(), "rule": rule_of(found)}
    usable = ModelVersion.objects.exclude(state=ModelState.FAILED)
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
    about = {"formats": list(FORMATS.values()), "waiting": waiting}
    return show(request, "web/exports.html", project_context(request, found) | about)

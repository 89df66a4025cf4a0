"""The list of projects, and the pages of one project."""
from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from annotator.accounts import access
from annotator.accounts.access import Right
from annotator.inference.choices import ModelState
from annotator.inference.models import ModelVersion
from annotator.projects import queries
from annotator.projects.api.present import images_json
from annotator.projects.choices import ImageState
from annotator.projects.models import Project
from annotator.projects.services import PALETTE
from annotator.suggestions.queries import progress_of
from annotator.web.cards import project_cards
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import labels_json, project_context, roles
from export import FORMATS

FIRST_IMAGES = 60


@page
def projects(request: PageRequest) -> HttpResponse:
    """All projects of the person, newest first."""
    rows = queries.with_counts(access.projects_of(request.user)).order_by("-created", "id")
    return show(request, "web/projects.html", {"projects": project_cards(list(rows))})


@page
def project(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """The images of a project."""
    found = access.get_project_for(request.user, project_id, Right.VIEW)
    context = project_context(request, found)
    wanted = _filter(request)
    images, more = _first_images(found, wanted)
    context["config"] |= {"images": images, "more": more, "filter": wanted}
    pressed = {"search": wanted["search"], wanted["state"] or "all": True}
    pattern = context["config"]["urls"]["editor"]
    cards = [image | {"edit": pattern.replace("{image}", image["id"]), "overlay": _overlay(image)} for image in images]
    return show(request, "web/project.html", context | {"images": cards, "filter": pressed})


def _overlay(image: dict[str, Any]) -> str:
    """Return the address of the masks to lay over the thumbnail, "" when there are none."""
    return reverse("web:overlay", args=[image["id"], image["annotation_seq"]]) if image["annotations"] else ""


def _filter(request: PageRequest) -> dict[str, str]:
    state = request.GET.get("state", "")
    return {"search": request.GET.get("search", "")[:255], "state": state if state in ImageState.values else ""}


def _first_images(found: Project, wanted: dict[str, str]) -> tuple[list[dict[str, Any]], bool]:
    """Return the first page of images as the API writes them, and whether there are more."""
    rows = queries.with_annotation_count(found.images.select_related("project__model_version"))
    matching = queries.search(rows, state=wanted["state"], text=wanted["search"]).order_by("created", "id")
    page_and_one = list(matching[: FIRST_IMAGES + 1])
    return images_json(page_and_one[:FIRST_IMAGES]), len(page_and_one) > FIRST_IMAGES


@page
def settings(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Labels, members, model and the rest."""
    found = access.get_project_for(request.user, project_id, Right.VIEW)
    context = project_context(request, found) | {"roles": roles()}
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
    found = access.get_project_for(request.user, project_id, Right.VIEW)
    _, waiting = progress_of(found)
    about = {"formats": list(FORMATS.values()), "waiting": waiting}
    return show(request, "web/exports.html", project_context(request, found) | about)

"""Projects as cards: progress and four thumbnails, in a fixed number of queries."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import OuterRef, Subquery

from annotator.accounts.access import Person
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image, Project
from annotator.projects.models.image import IN_ORDER
from annotator.projects.queries import seen

THUMBS = 4


def project_cards(user: Person, projects: list[Project]) -> list[dict[str, Any]]:
    """Return what the list shows of each project. The rows come from `queries.with_counts`."""
    thumbs = _first_thumbs(user, projects)
    return [
        {
            "id": project.pk,
            "name": project.name,
            "images": project.__dict__["image_count"],
            "done": project.__dict__["done_count"],
            "annotations": project.__dict__["annotation_count"],
            "thumbs": thumbs.get(project.pk, []),
            "gaps": range(THUMBS - len(thumbs.get(project.pk, []))),
        }
        for project in projects
    ]


def _first_thumbs(user: Person, projects: list[Project]) -> dict[uuid.UUID, list[str]]:
    """Return the addresses of each project's first thumbnails: an index look-up each, however many images it has."""
    first = seen(user, Image.objects.filter(project=OuterRef("pk"))).order_by(*IN_ORDER).values("pk")
    places = {f"first{place}": Subquery(first[place : place + 1]) for place in range(THUMBS)}
    rows = Project.objects.filter(pk__in=[project.pk for project in projects]).annotate(**places)
    found = {key: [pk for pk in pks if pk] for key, *pks in rows.values_list("pk", *places)}
    hashes = dict(Image.objects.filter(pk__in=[pk for pks in found.values() for pk in pks]).values_list("pk", "sha256"))
    return {key: [image_urls(pk, hashes[pk])["thumb"] for pk in pks if pk in hashes] for key, pks in found.items()}

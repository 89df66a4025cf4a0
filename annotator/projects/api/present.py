"""Rows → JSON, a whole page at once, in a fixed number of queries."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from annotator.accounts.access import Person, role_in
from annotator.accounts.choices import Role
from annotator.projects.api.serializers import (
    BinnedImageSerializer,
    ImageSerializer,
    MemberSerializer,
    ProjectSerializer,
)
from annotator.projects.extensions import image_parts
from annotator.projects.models import Image, Membership, Project
from annotator.projects.tags import tags_on
from annotator.projects.teams import teams_by_person

INDEX_FIELDS = ("id", "name", "folder", "state", "sha256")


def image_urls(image_id: object, sha256: str) -> dict[str, str]:
    """Return the immutable addresses of an image."""
    base = f"/files/images/{image_id}/{sha256}"
    return {"full": f"{base}/full", "thumb": f"{base}/thumb"}


def members_json(project: Project, rows: list[Membership]) -> list[dict[str, Any]]:
    """Return members of a project with the teams through which they are in it. The rows have their `user`."""
    teams = teams_by_person(project, [row.user_id for row in rows])
    for row in rows:
        row.__dict__["teams"] = teams.get(row.user_id, [])
    return [dict(MemberSerializer(row).data) for row in rows]


def images_json(images: list[Image]) -> list[dict[str, Any]]:
    """Return images with their embeddings' states."""
    parts = image_parts(images) | {"tag_names": tags_on(images)}
    for image in images:
        image.__dict__["urls"] = image_urls(image.pk, image.sha256)
        for name, values in parts.items():
            image.__dict__[name] = values[image.pk]
    return [dict(ImageSerializer(image).data) for image in images]


def binned_json(images: list[Image]) -> list[dict[str, Any]]:
    """Return images of the bin. The rows come from `bins.of`."""
    return [dict(BinnedImageSerializer(image).data) for image in images]


def index_json(images: QuerySet[Image]) -> list[dict[str, Any]]:
    """Return images as the compact index has them."""
    return [
        {"id": str(pk), "name": name, "folder": folder, "state": state, "thumb": image_urls(pk, sha256)["thumb"]}
        for pk, name, folder, state, sha256 in images.values_list(*INDEX_FIELDS)
    ]


def projects_json(user: Person, projects: list[Project]) -> list[dict[str, Any]]:
    """Return projects as this person sees them. The rows come from `queries.with_counts`."""
    prefetch_related_objects(projects, "labels")
    mine = Membership.objects.filter(project__in=projects, user_id__in=[user.pk])
    roles = dict(mine.values_list("project_id", "role"))
    for project in projects:
        project.__dict__["my_role"] = roles.get(project.pk) or role_in(user, project) or Role.VIEWER
    return [dict(ProjectSerializer(project).data) for project in projects]

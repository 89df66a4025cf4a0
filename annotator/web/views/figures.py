"""What the data set looks like."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from annotator.accounts.access import Right
from annotator.datasets import queries
from annotator.datasets.published import PUBLISHED
from annotator.projects.api.present import image_urls
from annotator.projects.models import Image, Project
from annotator.projects.queries import get_project_for, images_for
from annotator.web.figures import centres, per_image, shares
from annotator.web.page import PageRequest, page, show
from annotator.web.project_context import project_context

STRANGE = 24


@page
def figures(request: PageRequest, project_id: uuid.UUID) -> HttpResponse:
    """Show the numbers as last taken; every bar leads to the images it counts."""
    found = get_project_for(request.user, project_id, Right.VIEW)
    row = queries.figures_of(request.user, found)
    context: dict[str, Any] = project_context(request, found) | {"row": row, "report": row.report if row else None}
    if row is not None:
        context |= _drawn(row.report) | {
            "outliers": _outliers(request, found, row.report["outliers"][:STRANGE]),
            "published": [one | {"sizes": _sizes(one["coco_sizes"])} for one in PUBLISHED],
            "own_sizes": _own_sizes(row.report["coco_sizes"]),
            "labels_per_image": _labels_per_image(row.report),
        }
    return show(request, "web/figures.html", context)


def _drawn(report: dict[str, Any]) -> dict[str, Any]:
    most = max([one["objects"] for one in report["labels"]] + [1])
    return {
        "per_image": per_image(report["images"]["per_image"]),
        "sizes": shares(report["sizes"], "size", "relative size"),
        "concavities": shares(report["concavities"], "concavity", "concavity"),
        "centres": centres(report["centres"]),
        "labels": [one | {"width": round(100 * one["objects"] / most, 2)} for one in report["labels"]],
        "pairs": [one | {"only": "labels:" + "%2B".join(one["labels"])} for one in report["pairs"][:30]],
    }


def _own_sizes(counts: dict[str, int]) -> dict[str, float] | None:
    whole = sum(counts.values())
    return {name: count / whole for name, count in counts.items()} if whole else None


def _sizes(known: dict[str, float] | None) -> dict[str, float]:
    return known or dict.fromkeys(("small", "medium", "large"))  # type: ignore[return-value]


def _labels_per_image(report: dict[str, Any]) -> float | None:
    images = report["images"]["count"]
    return sum(one["images"] for one in report["labels"] if one["label"]) / images if images else None


def _outliers(request: PageRequest, found: Project, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outliers whose images are still there, each with its picture and the way to it."""
    ids = [one["image"] for one in rows]
    there: dict[str, Image] = {str(image.pk): image for image in images_for(request.user, found).filter(pk__in=ids)}
    return [
        one | {
            "path": there[one["image"]].path,
            "thumb": image_urls(one["image"], there[one["image"]].sha256)["thumb"],
            "edit": reverse("web:editor", args=[found.pk, one["image"]]),
        }
        for one in rows if one["image"] in there
    ]  # fmt: skip

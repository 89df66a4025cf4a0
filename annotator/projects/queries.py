"""Reading projects and images with what pages and API show beside them, in a fixed number of queries."""
from __future__ import annotations

import uuid
from typing import Any

from django.apps import apps
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from annotator.projects.choices import ImageState
from annotator.projects.models import Image, Label, Project


def _live(rows: QuerySet[Any], by: str) -> Any:
    """Count rows per `by` in a subquery, so that joins do not multiply each other."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _annotations() -> QuerySet[Any]:
    # By name: the app of annotations stands above this one.
    model = apps.get_model("annotations", "Annotation")
    rows: QuerySet[Any] = model._default_manager.filter(deleted_at=None)
    return rows


def with_annotation_count(images: QuerySet[Image]) -> QuerySet[Image]:
    """Add `annotations`, the number of live objects of each image."""
    return images.annotate(annotation_count=_live(_annotations().filter(image=OuterRef("pk")), "image"))


def with_counts(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Add image and object counts to each project."""
    images = Image.objects.filter(project=OuterRef("pk"))
    annotations = _annotations().filter(image__project=OuterRef("pk"), image__deleted_at=None)
    return projects.select_related("model_version").annotate(
        image_count=_live(images, "project"),
        done_count=_live(images.filter(state=ImageState.DONE), "project"),
        in_progress_count=_live(images.filter(state=ImageState.IN_PROGRESS), "project"),
        annotation_count=_live(annotations, "image__project"),
    )


def objects_with_label(label: Label) -> int:
    """Count the live objects that carry a label."""
    return _annotations().filter(label=label).count()


def objects_made_with(model_version: uuid.UUID) -> int:
    """Count the objects, deleted ones included, whose history names a model version."""
    rows = apps.get_model("annotations", "Annotation")._default_manager.filter(model_version=model_version)
    return int(rows.count())


def search(images: QuerySet[Image], *, state: str = "", text: str = "") -> QuerySet[Image]:
    """Narrow images by state and by part of the name."""
    wanted = Q()
    if state:
        wanted &= Q(state=state)
    if text:
        wanted &= Q(name__icontains=text)
    return images.filter(wanted)


def default_model() -> Any:
    """Return the model version that a new project starts with: the one that came with Maskwright, if it is there."""
    versions = apps.get_model("inference", "ModelVersion")._default_manager
    return versions.filter(state="ready").order_by("-builtin", "-created").first()

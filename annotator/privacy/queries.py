"""Reading the rule, and what is covered."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from annotator.accounts.access import Person, Right
from annotator.privacy.models import Covered, Look, Rule
from annotator.projects.models import Image, Project
from annotator.projects.queries import get_image_for, get_on_image_for


def rule_of(project: Project) -> Rule:
    """Return the project's rule; one that nobody has set is off."""
    return Rule.objects.filter(project=project).first() or Rule(project=project)


def live() -> QuerySet[Covered]:
    """Return the regions that are covered now."""
    return Covered.objects.filter(taken_back=None)


def looked_at(project: Project, found: bool | None = None) -> QuerySet[Image]:
    """Return the project's images, each with its look and its `regions` at hand; those with something covered, those
    without, or (None) all."""
    rows = project.images.select_related("look")
    if found is not None:
        something = Exists(live().filter(image=OuterRef("pk")))
        rows = rows.filter(something if found else ~something)
    return rows.prefetch_related(Prefetch("covered", queryset=live().select_related("by"), to_attr="regions"))


def waiting(project: Project, threshold: float) -> QuerySet[Image]:
    """Return the images of a project, those in its bin too, that were not searched at this threshold or a lower one."""
    rows = Image.with_bin.filter(project=project, copy_of=None)
    return rows.filter(Q(look=None) | Q(look__threshold=None) | Q(look__threshold__gt=threshold))


def originals(project: Project) -> QuerySet[Look]:
    """Return the looks of a project, those in its bin too, with an original."""
    return Look.objects.filter(image__project=project).exclude(original_sha256="")


def get_covered_image_for(user: Person, pk: uuid.UUID) -> Image:
    """Return an image whose manager this is, or of a copy the image itself. Raises NotFound and Forbidden."""
    image = get_image_for(user, pk, Right.MANAGE)
    if image.copy_of_id is None:
        return image
    return get_image_for(user, image.copy_of_id, Right.MANAGE)


def get_region_for(user: Person, pk: uuid.UUID) -> Covered:
    """Return a covered region. Raises NotFound and Forbidden."""
    rows = live().filter(image__deleted_at=None).select_related("image__project")
    return get_on_image_for(user, rows, pk, Right.MANAGE, lambda row: row.image, "region")

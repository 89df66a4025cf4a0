"""The images after an image, in the project's order (the order they came in)."""
from __future__ import annotations

from django.db.models import Q, QuerySet

from annotator.projects.models import Image


def after(image: Image, count: int | None = None) -> QuerySet[Image]:
    """Return up to `count` images that follow this one; all, when None."""
    later = Q(created__gt=image.created) | Q(created=image.created, pk__gt=image.pk)
    rows = Image.objects.filter(later, project_id=image.project_id).order_by("created", "id")
    return rows if count is None else rows[:count]

"""The images after an image, in the project's order."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from annotator.accounts.access import Person
from annotator.accounts.extensions import given_to
from annotator.projects.models import Image
from annotator.projects.models.image import IN_ORDER, IS_COPY
from annotator.projects.queries import images_for


def after(user: Person | None, image: Image, count: int | None = None) -> QuerySet[Image]:
    """Return up to `count` images that follow this one, of those that the person sees; all, when None."""
    later = Q(place__gt=image.place) | Q(place=image.place, pk__gt=image.pk)
    # A run outlives who asked for it.
    images = images_for(user, image.project) if user else image.project.images.all()
    if image.copy_of_id is not None:  # on to one's own copies, not to what is to become of all
        given = given_to(user.pk if user else None)
        images = Image.workable.filter(IS_COPY, project=image.project_id, pk__in=given)
    rows = images.filter(later).order_by(*IN_ORDER)
    return rows if count is None else rows[:count]

"""Reading annotations."""
from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from annotator.accounts.access import Right, get_for
from annotator.annotations.models import Annotation
from annotator.projects.models import Image

if TYPE_CHECKING:
    from annotator.accounts.access import Person


def live(image: Image) -> QuerySet[Annotation]:
    """Return the image's objects, lowest first."""
    return Annotation.objects.filter(image=image, deleted_at=None)


def changed_since(image: Image, seq: int) -> QuerySet[Annotation]:
    """Return what was changed or deleted after the image's counter stood at `seq`, in that order."""
    return Annotation.objects.filter(image=image, seq__gt=seq).order_by("seq")


def get_annotation_for(user: Person, pk: uuid.UUID, right: Right) -> Annotation:
    """Return an annotation, deleted or not, with its image and project. Raises NotFound and Forbidden."""
    rows = Annotation.objects.filter(image__deleted_at=None).select_related("author", "image__project")
    return get_for(user, rows, pk, right, lambda row: row.image.project, "annotation")

"""Reading annotations."""

from __future__ import annotations

import uuid

from django.db.models import Exists, OuterRef, QuerySet

from annotator.accounts.access import Person, Right, get_for
from annotator.annotations.models import Annotation, Merge, Revision
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.projects.queries import get_on_image_for


def live_objects() -> QuerySet[Annotation]:
    """Return the live objects of all images."""
    return Annotation.objects.filter(deleted_at=None)


def names_model(version: ModelVersion) -> str:
    """Return why objects need a model version, deleted ones included; "" when none names it."""
    masks = Annotation.objects.filter(model_version=version).count()
    return f"{masks} annotation(s) were made with it, and their history names it." if masks else ""


def live(image: Image) -> QuerySet[Annotation]:
    """Return the image's objects, lowest first."""
    return Annotation.objects.filter(image=image, deleted_at=None)


def changed_since(image: Image, seq: int) -> QuerySet[Annotation]:
    """Return what was changed or deleted after the image's counter stood at `seq`, in that order."""
    return Annotation.objects.filter(image=image, seq__gt=seq).order_by("seq")


def named_by(merge: Merge) -> QuerySet[Annotation]:
    """Return the objects, deleted ones too, that have their label from this merge: those that nobody named since."""
    since = Revision.objects.filter(
        annotation=OuterRef("annotation"), revision__gt=OuterRef("revision"), merge=None, changes__has_key="label"
    )
    # As a list of ids: asked anew for each object, SQLite walks through the whole merge every time.
    moved = merge.revisions.exclude(Exists(since)).order_by().values("annotation")
    return Annotation.objects.filter(pk__in=moved, label=merge.into)


def get_merge_for(user: Person, pk: uuid.UUID, right: Right) -> Merge:
    """Return a merge of two labels, undone or not. Raises NotFound and Forbidden."""
    return get_for(user, Merge.objects.select_related("project"), pk, right, lambda row: row.project, "merge of labels")


def get_annotation_for(user: Person, pk: uuid.UUID, right: Right) -> Annotation:
    """Return an annotation, deleted or not, with its image and project. Raises NotFound and Forbidden."""
    rows = Annotation.objects.filter(image__deleted_at=None).select_related("author", "image__project")
    return get_on_image_for(user, rows, pk, right, lambda row: row.image, "annotation")

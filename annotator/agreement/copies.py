"""The copies of images and who worked on them, as agreement sees them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery, UUIDField

from annotator.agreement.matching import Shape
from annotator.agreement.models import Merged
from annotator.annotations.models import Annotation
from annotator.audits.models import AuditMask
from annotator.jobs.models import CopyGiven
from annotator.projects.choices import ImageState
from annotator.projects.models import Image, Project
from annotator.projects.models.image import IS_COPY
from export.rle import Rle


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of an image; `person` is who was given it last, None for somebody who is gone."""

    id: uuid.UUID
    original: uuid.UUID
    person: uuid.UUID | None
    state: str
    seq: int

    @property
    def done(self) -> bool:
        """Whether its person is done with it."""
        return self.state == ImageState.DONE


_AUDITED = Exists(AuditMask.objects.filter(copy=OuterRef("pk")))


def of_overlap() -> QuerySet[Image]:
    """Return the copies of all images that are there to be compared and merged: neither hidden gold nor an audit's."""
    gold = Exists(CopyGiven.objects.filter(copy=OuterRef("pk"), gold=True))
    return Image.workable.filter(IS_COPY).exclude(gold).exclude(_AUDITED)


def compares(project: Project) -> bool:
    """Tell whether a project has images of several people, or gold."""
    rows = Image.with_bin.filter(project=project)
    # One after the other: each has an index of its own, both with "or" between them have none.
    return rows.filter(gold=True).exists() or rows.filter(IS_COPY).exclude(_AUDITED).exists()


def copies_of(images: QuerySet[Image] | Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Copy]]:
    """Return the copies of these images that are not in the bin, by original, in an order that stays."""
    whose = CopyGiven.objects.filter(copy=OuterRef("pk")).order_by("-created").values("person")[:1]
    rows = (
        of_overlap()
        .filter(copy_of__in=images)
        .annotate(person=Subquery(whose, output_field=UUIDField()))
        .order_by("pk")
    )
    found: dict[uuid.UUID, list[Copy]] = defaultdict(list)
    for pk, original, person, state, seq in rows.values_list("pk", "copy_of", "person", "state", "annotation_seq"):
        assert original is not None
        found[original].append(Copy(pk, original, person, state, seq))
    return found


def finished(copies: Iterable[Copy]) -> list[Copy]:
    """Return those that their people are done with."""
    return [copy for copy in copies if copy.done]


def overlapping(project: Project) -> QuerySet[Image]:
    """Return the images of a project that several people were given."""
    return project.images.filter(Exists(of_overlap().filter(copy_of=OuterRef("pk"))))


def merged(images: QuerySet[Image]) -> QuerySet[Image]:
    """Return those whose copies were merged."""
    return images.filter(Exists(Merged.objects.filter(image=OuterRef("pk"), undone=None)))


def waiting(images: QuerySet[Image]) -> QuerySet[Image]:
    """Return those with a finished copy at least, whose copies were not merged."""
    ready = of_overlap().filter(copy_of=OuterRef("pk"), state=ImageState.DONE)
    return images.filter(Exists(ready), ~Exists(Merged.objects.filter(image=OuterRef("pk"), undone=None)))


def objects_on(copies: Sequence[Copy]) -> dict[uuid.UUID, list[Annotation]]:
    """Return the objects on each of these copies, back to front."""
    found: dict[uuid.UUID, list[Annotation]] = {copy.id: [] for copy in copies}
    rows = Annotation.objects.filter(image__in=found, deleted_at=None).select_related("label", "author")
    for row in rows.order_by("z_order", "created", "id"):
        found[row.image_id].append(row)
    return found


def shape_of(row: Annotation) -> Shape:
    """Return an object as matching sees it."""
    x, y, width, height = row.bbox
    label = str(row.label_id) if row.label_id else ""
    return Shape(str(row.pk), label, Rle.from_json(row.rle), (x, y, width, height), row.area)

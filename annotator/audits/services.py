"""The verbs: draw an audit, close it, delete it, and take corrections over."""

from __future__ import annotations

import secrets
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.editing import Editing
from annotator.annotations.masks import Measured
from annotator.annotations.models import Annotation
from annotator.audits.drawing import Drawable, dealt, drawn
from annotator.audits.judging import catch_up
from annotator.audits.models import Audit, AuditMask
from annotator.audits.telling import tell_drawn
from annotator.jobs.checks import hold_workers, refused
from annotator.jobs.models import CopyGiven, Job, JobImage
from annotator.jobs.overlap import given
from annotator.jobs.telling import tell_given
from annotator.lib.errors import Conflict
from annotator.lib.turns import write_in_turn
from annotator.lib.words import counted
from annotator.projects.choices import ImageState
from annotator.projects.copies import make_copies
from annotator.projects.models import Image, Project
from annotator.projects.models.image import on_images_of

MOST = 2000
"""Masks of one audit."""


def draw(
    project: Project, by: User, people: Sequence[uuid.UUID], size: int, *, by_label: bool = False,
    seed: int | None = None,
) -> Audit:  # fmt: skip
    """Draw `size` masks on finished images and give copies of their images, with these masks alone and without whose
    they are, to people as jobs. Nobody gets an image on which something is theirs, or that they had as another copy.

    Raises ApiError with a sentence when there are no masks, or fewer than asked for."""
    with write_in_turn():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        auditors = hold_workers(project, list(dict.fromkeys(people)), "people")
        masks = _drawable(project)
        able = _able(project, auditors, {mask.image for mask in masks})
        there = [mask for mask in masks if able[mask.image]]
        _check_size(len(masks), len(there), size)
        seed = secrets.randbelow(2**31) if seed is None else seed
        chosen = drawn(there, size, seed, by_label=by_label)
        whose = dealt(Counter(mask.image for mask in chosen), able, seed)
        number = (project.audits.aggregate(last=Max("number"))["last"] or 0) + 1
        audit = Audit.objects.create(
            project=project, number=number, seed=seed, by_label=by_label, population=len(there), created_by=by
        )
        _hand_out(audit, by, chosen, whose, auditors)
        tell_drawn(audit, by, size)
    return audit


def _drawable(project: Project) -> list[Drawable]:
    rows = Annotation.objects.filter(on_images_of(project), deleted_at=None, image__state=ImageState.DONE)
    columns = rows.order_by().values_list("pk", "image", "label__name")
    return [Drawable(pk, image, label or "") for pk, image, label in columns]


def _able(project: Project, people: Sequence[User], images: set[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Of each image, who may correct it."""
    pks = [person.pk for person in people]
    made = Annotation.objects.filter(on_images_of(project), deleted_at=None, author__in=pks)
    had = CopyGiven.objects.filter(original__project=project, person__in=pks)
    known = {*made.order_by().values_list("image", "author").distinct(), *had.values_list("original", "person")}
    return {image: [pk for pk in pks if (image, pk) not in known] for image in images}


def _check_size(there: int, able: int, size: int) -> None:
    if not there:
        raise refused("size", "No finished image has a mask yet. Finish some first, then draw a sample of them.")
    if not able:
        raise refused(
            "people", "Each of these people made something on every finished image, or had a copy of it. Choose others."
        )
    if size > able:
        less = f"; {counted(there - able, 'more')} lie on images that these people know" if able < there else ""
        raise refused("size", f"There are only {counted(able, 'mask')} to draw from{less}. Ask for fewer.")


def _hand_out(
    audit: Audit, by: User, chosen: Sequence[Drawable], whose: Mapping[uuid.UUID, uuid.UUID], people: Sequence[User]
) -> None:
    rows = Annotation.objects.in_bulk([mask.id for mask in chosen])
    on: dict[uuid.UUID, list[Drawable]] = defaultdict(list)
    for mask in chosen:
        on[mask.image].append(mask)
    copies = make_copies(list(on))
    for image, copy in copies.items():
        twins = {uuid.uuid4(): rows[mask.id] for mask in on[image]}
        copy.project = audit.project
        editing = Editing(copy, by)
        editing.create_all({pk: _shown(row) for pk, row in twins.items()})
        editing.finish()
        # Who drew the sample did not make them either: nothing tells one mask from another.
        Annotation.objects.filter(pk__in=twins).update(author=None)
        names = {mask.id: mask.label for mask in on[image]}
        AuditMask.objects.bulk_create(
            AuditMask(
                audit=audit, image_id=image, copy=copy, annotation=row.pk, revision=row.revision, twin=pk,
                label=names[row.pk], rle=row.rle, author_id=row.author_id, person_id=whose[image],
            )
            for pk, row in twins.items()
        )  # fmt: skip
    _make_jobs(audit, by, {image: copy.pk for image, copy in copies.items()}, whose, people)


def _shown(row: Annotation) -> dict[str, Any]:
    """Mask, label and attributes: what is to be outlined. Not by whom, when or with which model."""
    mask = Measured({"rle": row.rle, "bbox": row.bbox, "area": row.area})
    return {"rle": mask, "label": row.label_id, "attributes": row.attributes}


def _make_jobs(
    audit: Audit, by: User, copies: Mapping[uuid.UUID, uuid.UUID], whose: Mapping[uuid.UUID, uuid.UUID],
    people: Sequence[User],
) -> None:  # fmt: skip
    last = audit.project.jobs.aggregate(last=Max("number"))["last"] or 0
    for person in people:
        mine = [copy for image, copy in copies.items() if whose[image] == person.pk]
        if not mine:
            continue
        last += 1
        job = Job.objects.create(
            project=audit.project, number=last, name=f"Audit {audit.number}", assignee=person, created_by=by
        )
        JobImage.objects.bulk_create(JobImage(job=job, image_id=copy) for copy in mine)
        given([job.pk], person.pk)
        tell_given(audit.project, by, [job], person)


def close(audit: Audit) -> None:
    """End an audit: what was judged stays, what was not is left out, and the copies go. Raises Conflict when it is
    closed already."""
    while catch_up(audit):
        pass  # what people are done with is judged first
    with write_in_turn():
        row = Audit.objects.select_for_update().get(pk=audit.pk)
        if row.closed is not None:
            raise Conflict("already_closed", "This audit is closed already.")
        row.closed = timezone.now()
        row.save(update_fields=["closed"])
        _drop_copies(row)


def delete(audit: Audit) -> None:
    """Delete an audit with its copies and numbers; the project's masks stay as they are."""
    with write_in_turn():
        _drop_copies(audit)
        audit.delete()


def _drop_copies(audit: Audit) -> None:
    copies = list(Image.with_bin.filter(audited__audit=audit).order_by().values_list("pk", flat=True).distinct())
    jobs = list(Job.objects.filter(places__image__in=copies).order_by().values_list("pk", flat=True).distinct())
    Image.with_bin.filter(pk__in=copies).delete()
    Job.objects.filter(pk__in=jobs, places=None).delete()

"""Merging: what several people made of their copies of an image becomes the image's own objects, and can be taken back.

An object that is taken over keeps who made it, how, with which prompts and in how much time; nothing is averaged, so
every mask in the result is one that a person drew. What was on the image before goes, and comes back with the undo.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from annotator.accounts.access import Right, roles_with
from annotator.accounts.models import User
from annotator.agreement.choices import How
from annotator.agreement.copies import Copy, copies_of, finished, objects_on, of_overlap, shape_of
from annotator.agreement.matching import groups
from annotator.agreement.models import Merged
from annotator.agreement.telling import tell_merged, tell_unmerged, tell_waiting
from annotator.annotations.editing import Editing
from annotator.annotations.masks import Measured
from annotator.annotations.models import Annotation
from annotator.jobs.models import Job, JobImage
from annotator.lib.errors import ApiError, Conflict, NotFound
from annotator.lib.turns import write_in_turn
from annotator.projects.choices import ImageState
from annotator.projects.models import Image, Membership, Project
from annotator.projects.services import set_state
from annotator.reviews.models import Worker
from export.rle import iou

KEPT = ("attributes", "stage", "prompts", "shape", "predicted_iou", "stability_score", "seconds", "clicks", "locked",
        "hidden")  # fmt: skip
"""What a merged object has of the one it comes from, beside mask, label and model version."""


def merge(
    image: Image, actor: User, how: str, person: uuid.UUID | None = None, objects: Sequence[uuid.UUID] = ()
) -> Merged:
    """Make the image's objects of those on its finished copies: by vote, of one person, or exactly these (by hand).
    Copies that are not done leave their jobs. Raises ApiError and Conflict with a sentence."""
    with write_in_turn():
        held = Image.objects.select_for_update().select_related("project").get(pk=image.pk)
        if Merged.objects.filter(image=held, undone=None).exists():
            raise Conflict("already_merged", "The copies of this image are merged already. Take that back first.")
        copies = copies_of([held.pk])[held.pk]
        done = finished(copies)
        if not done:
            raise Conflict("nothing_to_merge", "Nobody is done with their copy of this image yet.")
        chosen = _chosen(done, how, person, set(objects))
        row = _write(held, actor, chosen)
        row.how, row.person_id = how, person
        row.dropped = _drop([copy.id for copy in copies if not copy.done])
        row.save()
        _finish(held, actor, chosen)
        tell_merged(held, actor, row)
    return row


def voted(people: Sequence[Sequence[Annotation]]) -> list[Annotation]:
    """Return the objects that more than half of these people made, each with the label that most of them gave it. Of
    the masks with that label it is the one that overlaps the others most; where two labels have as many votes, that
    one's label counts."""
    shapes = [[shape_of(row) for row in rows] for rows in people]
    kept = []
    for group in groups(shapes):
        if 2 * len(group) <= len(people):
            continue
        votes = Counter(shapes[who][at].label for who, at in group.items())
        most = {label for label, n in votes.items() if n == max(votes.values())}
        middle = {
            (who, at): sum(iou(shapes[who][at].rle, shapes[w][a].rle) for w, a in group.items())
            for who, at in group.items()
            if shapes[who][at].label in most
        }
        who, at = max(middle, key=lambda key: (middle[key], shapes[key[0]][key[1]].order))
        kept.append(people[who][at])
    return kept


def _chosen(copies: list[Copy], how: str, person: uuid.UUID | None, objects: set[uuid.UUID]) -> list[Annotation]:
    on = objects_on(copies)
    if how == How.VOTE:
        if len(copies) < 2:
            sentence = "Only one person is done with this image, so there is nobody to vote. Choose their work instead."
            raise ApiError("no_vote", sentence, fields={"how": [sentence]})
        return voted(list(on.values()))
    if how == How.PERSON:
        theirs = [copy for copy in copies if copy.person == person]
        if not theirs:
            sentence = "This person is not done with a copy of this image."
            raise ApiError("no_such_copy", sentence, fields={"person": [sentence]})
        return on[theirs[0].id]
    every = [row for rows in on.values() for row in rows]
    if missing := objects - {row.pk for row in every}:
        sentence = f"{len(missing)} of these objects are on no finished copy (any more). Load the page again."
        raise ApiError("no_such_object", sentence, fields={"objects": [sentence]})
    return [row for row in every if row.pk in objects]


def _write(image: Image, actor: User, chosen: list[Annotation]) -> Merged:
    row = Merged(project=image.project, image=image, actor=actor, state_before=image.state)
    row.first_seq = image.annotation_seq + 1
    editing = Editing(image, actor)
    for pk, revision in list(Annotation.objects.filter(image=image, deleted_at=None).values_list("pk", "revision")):
        editing.delete(pk, revision)
        row.removed.append(str(pk))
    sources = {uuid.uuid4(): source for source in chosen}
    rows = editing.create_all({pk: _data(source) for pk, source in sources.items()})
    row.last_seq = editing.finish()
    for made in rows:
        made.author_id = sources[made.pk].author_id
        row.made[str(made.pk)] = str(sources[made.pk].pk)
    Annotation.objects.bulk_update(rows, ["author"])
    return row


def _data(source: Annotation) -> dict[str, Any]:
    fields = {"rle": source.rle, "bbox": source.bbox, "area": source.area}
    links = {"label": source.label_id, "model_version": source.model_version_id}
    return {name: getattr(source, name) for name in KEPT} | links | {"rle": Measured(fields)}


def _drop(copies: list[uuid.UUID]) -> list[list[str]]:
    """Take unfinished copies out of their jobs: their image is decided."""
    places = JobImage.objects.filter(image__in=copies)
    dropped = [[str(image), str(job)] for image, job in places.values_list("image", "job")]
    places.delete()
    return dropped


def _finish(image: Image, actor: User, chosen: list[Annotation]) -> None:
    """Say that the image is done. Whose work it is: of those whose objects were taken, not of who merged them."""
    before = Worker.objects.filter(image=image, user=actor).exists()
    set_state(image, ImageState.DONE, actor)
    makers = {row.author_id for row in chosen if row.author_id}
    Worker.objects.bulk_create([Worker(image=image, user_id=pk) for pk in makers], ignore_conflicts=True)
    if not before and actor.pk not in makers:
        Worker.objects.filter(image=image, user=actor).delete()


def unmerge(image: Image, actor: User) -> Merged:
    """Take the merge back: the image is as it was, its copies wait again. Raises Conflict where nothing was merged, or
    where objects of the image were changed since."""
    with write_in_turn():
        held = Image.objects.select_for_update().select_related("project").get(pk=image.pk)
        row = Merged.objects.select_for_update(of=("self",)).filter(image=held, undone=None).first()
        if row is None:
            raise Conflict("not_merged", "Nothing was merged on this image that could be taken back.")
        if held.annotation_seq != row.last_seq:
            sentence = (
                "Objects of this image were changed since they were merged. Undo that first, or change them by hand."
            )
            raise Conflict("changed_since", sentence)
        editing = Editing(held, actor)
        found = Annotation.objects.in_bulk([uuid.UUID(pk) for pk in (*row.made, *row.removed)])
        for pk in row.made:
            editing.delete(uuid.UUID(pk), found[uuid.UUID(pk)].revision)
        for pk in row.removed:
            editing.restore(uuid.UUID(pk), found[uuid.UUID(pk)].revision)
        row.last_seq, row.undone = editing.finish(), timezone.now()
        row.save(update_fields=["last_seq", "undone"])
        set_state(held, row.state_before, actor)
        _give_again(row)
        tell_unmerged(held, actor, row)
    return row


def _give_again(row: Merged) -> None:
    """Put the copies that had left their jobs into them again, where both are still there."""
    jobs = {str(pk) for pk in Job.objects.filter(pk__in=[job for _, job in row.dropped]).values_list("pk", flat=True)}
    copies = Image.with_bin.filter(pk__in=[copy for copy, _ in row.dropped], in_job=None)
    there = {str(pk) for pk in copies.values_list("pk", flat=True)}
    places = [JobImage(image_id=copy, job_id=job) for copy, job in row.dropped if job in jobs and copy in there]
    JobImage.objects.bulk_create(places)


def state_said(image: Image, before: str, actor: User) -> None:
    """Somebody said how far a copy is: when it was the last one in the project that somebody worked on, who leads hears
    of what can be merged."""
    copies = of_overlap().filter(copy_of__project=image.project_id)
    if image.state != ImageState.DONE or before == ImageState.DONE or not copies.filter(pk=image.pk).exists():
        return
    merged = Merged.objects.filter(image=OuterRef("copy_of"), undone=None)
    left = copies.exclude(Exists(merged))
    if left.exclude(pk=image.pk).exclude(state=ImageState.DONE).exists():
        return
    leads = Membership.objects.filter(project=image.project_id, role__in=roles_with(Right.MANAGE))
    count = left.order_by().values("copy_of").distinct().count()
    tell_waiting(image.project, actor, count, list(leads.values_list("user", flat=True)))


def merge_many(
    project: Project, actor: User, images: Sequence[uuid.UUID], how: str, person: uuid.UUID | None
) -> tuple[list[uuid.UUID], list[dict[str, Any]]]:
    """Merge many images alike, each as a whole or not at all. Return those merged, and of the others why not."""
    done: list[uuid.UUID] = []
    left: list[dict[str, Any]] = []
    there = project.images.select_related("project").in_bulk(list(images))
    for pk in images:
        try:
            if pk not in there:
                raise NotFound("image")
            merge(there[pk], actor, how, person)
            done.append(pk)
        except ApiError as error:
            left.append({"image": pk, "message": error.message})
    return done, left

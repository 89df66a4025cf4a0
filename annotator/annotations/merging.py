"""One label merged into another, and that undone: every object changes hands at once, deleted ones and those of binned
images too.

Set by set, so that tens of thousands of objects are a matter of seconds; each gets its revision, and its image's
counter goes on, so that open editors hear of it like of any other change.
"""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.choices import Action
from annotator.annotations.models import Annotation, Merge, Revision
from annotator.annotations.queries import live_objects, named_by
from annotator.lib.errors import ApiError, Conflict
from annotator.lib.happenings import Kind
from annotator.projects.models import Image, Label
from annotator.projects.queries import objects_with_label
from annotator.projects.telling import tell_of

CHUNK = 2000
"""Rows written by one statement."""


def merge_label(label: Label, into: uuid.UUID, actor: User) -> tuple[Merge, Label, int]:
    """Give every object of `label` the label `into`, and delete `label`, all or nothing.

    Returns what undoes it, the label that stays and how many live objects came to it. Raises ApiError when `into` is
    not another label of the same project."""
    with transaction.atomic():
        target = Label.objects.filter(pk=into, project=label.project_id).first()
        if target is None or target == label:
            sentence = "Choose another label of this project; the one you chose may have been deleted."
            raise ApiError("unknown_label", sentence, fields={"into": [sentence]})
        count = objects_with_label(label)
        merge = Merge.objects.create(
            project=label.project, label=_columns(label), into=target.pk, into_name=target.name, actor=actor
        )
        own = Annotation.objects.filter(label=label)
        _give(own, target, merge, actor)
        # Whoever has used the label meanwhile is waited for; from here on nobody can.
        merge.label = _columns(Label.objects.select_for_update().get(pk=label.pk))
        merge.save(update_fields=["label"])
        _give(own, target, merge, actor)
        label.delete()
        tell_of(label.project, Kind.LABEL_MERGED, actor, label=label.name, into=target.name, count=count)
    return merge, target, count


def undo_merge(merge: Merge, actor: User) -> tuple[Label, int, int]:
    """Bring the merged label back to its place, and give it to the objects that had it, all or nothing. Objects that
    somebody named since keep that name; whatever else was changed of them stays as well.

    Returns the label, how many live objects have it again, and how many keep another one. Raises Conflict when the
    merge is undone already, the label that stayed is gone, or another one has taken the name."""
    with transaction.atomic():
        merge = Merge.objects.select_for_update().get(pk=merge.pk)
        name = merge.label["name"]
        if merge.undone is not None:
            raise Conflict("already_undone", f"“{name}” was brought back already.")
        if not Label.objects.filter(pk=merge.into).exists():
            raise Conflict(
                "label_gone",
                f"“{merge.into_name}”, which “{name}” was merged into, is gone itself, so nothing was changed. "
                "If it was merged into another label, undo that first.",
            )
        label = _made_again(merge)
        _give(named_by(merge), label, merge, actor)
        merge.undone = timezone.now()
        merge.save(update_fields=["undone"])
        tell_of(merge.project, Kind.LABEL_UNMERGED, actor, label=name, into=merge.into_name)
        kept = live_objects().filter(pk__in=merge.revisions.order_by().values("annotation")).exclude(label=label)
        return label, objects_with_label(label), kept.count()


def _columns(label: Label) -> dict[str, object]:
    """What makes the same label again."""
    return {
        "id": str(label.pk), "name": label.name, "color": label.color, "order": label.order, "number": label.number,
        "attributes": label.attributes,
    }  # fmt: skip


def _made_again(merge: Merge) -> Label:
    try:
        with transaction.atomic():
            return Label.objects.create(project_id=merge.project_id, **merge.label)
    except IntegrityError:
        raise Conflict(
            "label_exists",
            f"There is a new label called “{merge.label['name']}”, so nothing was changed. Rename or delete it first.",
        ) from None


def _give(own: QuerySet[Annotation], label: Label, merge: Merge, actor: User) -> None:
    """Give these objects the label. Their images are held, as by every other change of objects."""
    own = own.order_by()
    images = Image.with_bin.filter(pk__in=own.values("image"))
    counters = dict(images.select_for_update().order_by("pk").values_list("pk", "annotation_seq"))
    if not counters:
        return
    now = timezone.now()
    revisions = []
    for pk, image, revision in own.order_by("image", "seq").values_list("pk", "image", "revision"):
        if image not in counters:
            continue  # its first object of this label came just now; the second round has it
        counters[image] += 1
        changes = {"label": str(label.pk)}
        revisions.append(
            Revision(
                annotation_id=pk,
                image_id=image,
                revision=revision + 1,
                seq=counters[image],
                action=Action.UPDATE,
                actor=actor,
                changes=changes,
                created=now,
                merge=merge,
            )
        )
    Revision.objects.bulk_create(revisions, batch_size=CHUNK)
    written = Revision.objects.filter(annotation=OuterRef("pk"), revision=OuterRef("revision") + 1)
    own.filter(Exists(written)).update(
        label=label, seq=Subquery(written.values("seq")), revision=F("revision") + 1, updated=now
    )
    last = Annotation.objects.filter(image=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    moved = Annotation.objects.filter(label=label, updated=now).order_by()
    Image.with_bin.filter(pk__in=moved.values("image")).update(annotation_seq=Subquery(last))

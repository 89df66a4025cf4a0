"""From a corrected copy to IoUs: what each drawn mask overlaps with what it was corrected to."""

from __future__ import annotations

import uuid
from collections import defaultdict

from django.db.models import F, Q

from annotator.annotations.models import Annotation, Revision
from annotator.audits.models import Audit, AuditMask
from annotator.jobs.models import CopyGiven
from annotator.lib.turns import write_in_turn
from annotator.projects.choices import ImageState
from export.rle import Rle, iou

AT_ONCE = 40
"""Copies judged when somebody looks."""


def catch_up(audit: Audit) -> int:
    """Judge the copies that people are done with, or changed since, `AT_ONCE` at most; return how many are left. A copy
    that is taken up again is not judged until it is done again."""
    if audit.closed is not None:
        return 0
    open_again = ~Q(copy__state=ImageState.DONE)
    audit.masks.filter(open_again, iou__isnull=False).update(iou=None, seq=None, corrected=None, own=False)
    stale = audit.masks.filter(Q(seq=None) | ~Q(seq=F("copy__annotation_seq")), copy__state=ImageState.DONE)
    copies = list(stale.filter(copy__deleted_at=None).order_by("copy").values_list("copy", flat=True).distinct())
    for copy in copies[:AT_ONCE]:
        if copy is not None:
            judge(audit, copy)
    return max(0, len(copies) - AT_ONCE)


def judge(audit: Audit, copy: uuid.UUID) -> None:
    """Write down what became of the masks on one copy."""
    with write_in_turn():
        rows = list(audit.masks.select_related("copy").filter(copy=copy).select_for_update(of=("self",)))
        twins = Annotation.objects.in_bulk([row.twin for row in rows])
        hands = _hands([row.twin for row in rows])
        last = CopyGiven.objects.filter(copy=copy).order_by("-created").values_list("person", flat=True).first()
        for row in rows:
            _judge(row, twins.get(row.twin))
            row.person_id = last or row.person_id
            row.own = row.author_id is not None and row.author_id in {row.person_id, *hands[row.twin]}
            row.seq = row.copy.annotation_seq if row.copy else None
        AuditMask.objects.bulk_update(rows, ["iou", "corrected", "person", "own", "seq"])


def _judge(row: AuditMask, twin: Annotation | None) -> None:
    if twin is None or twin.deleted_at is not None:
        row.iou, row.corrected = 0.0, None
        return
    before, after = Rle.from_json(row.rle), Rle.from_json(twin.rle)
    row.iou = 1.0 if before == after else iou(before, after)
    row.corrected = None if before == after else twin.rle


def _hands(twins: list[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Who changed each of these objects after it was put on its copy."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    rows = Revision.objects.filter(annotation__in=twins, revision__gt=1, actor__isnull=False)
    for twin, actor in rows.order_by().values_list("annotation", "actor"):
        if actor is not None:
            found[twin].add(actor)
    return found

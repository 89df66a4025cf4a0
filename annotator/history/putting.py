"""One person's hand that puts objects of an image back to what they were.

What comes back is the work: mask, label, attributes, order and how the mask was made. What a review says of an object
does not (it goes back to being looked at), nor the time it took, nor how the editor shows it.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from annotator.accounts.models import User
from annotator.annotations.editing import Editing
from annotator.annotations.masks import Measured
from annotator.annotations.models import Annotation, Merge, Revision
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image, Label
from annotator.reviews.choices import Change
from annotator.reviews.work import is_work

MASK = ("rle", "bbox", "area")
PLAIN = ("attributes", "stage", "prompts", "shape", "predicted_iou", "stability_score", "z_order")
_BLANK = Annotation()


class Putting:
    """Holds the image's row. Use inside `write_in_turn()`, and call `editing.finish` at its end. Raises NotFound when
    the image is gone."""

    def __init__(self, image: Image, actor: User) -> None:
        self.editing = Editing(image, actor, put_back=True)
        self.unlabelled = 0
        """Objects whose label of that time is gone, and was not merged into another one."""
        self._project = image.project_id
        self._labels: dict[str, uuid.UUID | None] = {}
        self._models: dict[str, uuid.UUID | None] = {}

    def put(self, row: Annotation, state: dict[str, Any] | None) -> tuple[Change | None, int]:
        """Make the object what `state` (folded revisions; None: not there) says; return what became of it, None where
        it was so already, and its revision."""
        if state is None:
            if row.deleted_at is not None:
                return None, row.revision
            return Change.REMOVED, self.editing.delete(row.pk, row.revision).row.revision
        revision = row.revision
        if row.deleted_at is not None:
            revision = self.editing.restore(row.pk, revision).row.revision
        now = self.editing.update(row.pk, revision, self._data(state)).row.revision
        if row.deleted_at is not None:
            return Change.ADDED, now
        return (Change.CHANGED if now != revision else None), now

    def _data(self, state: dict[str, Any]) -> dict[str, Any]:
        data = {name: state.get(name, getattr(_BLANK, name)) for name in PLAIN}
        label = self._label(state.get("label"))
        self.unlabelled += label is None and state.get("label") is not None
        mask = Measured({name: state[name] for name in MASK})
        return data | {"rle": mask, "label": label, "model_version": self._model(state.get("model_version"))}

    def _label(self, told: str | None) -> uuid.UUID | None:
        if told is None:
            return None
        if told not in self._labels:
            self._labels[told] = label_now(self._project, told)
        return self._labels[told]

    def _model(self, told: str | None) -> uuid.UUID | None:
        if told is None:
            return None
        if told not in self._models:
            self._models[told] = ModelVersion.objects.filter(pk=told).values_list("pk", flat=True).first()
        return self._models[told]


def label_now(project: uuid.UUID, told: str) -> uuid.UUID | None:
    """Return the label that an object has by now that had this one once: the same, what it was merged into, or None."""
    merged: dict[str, uuid.UUID] = {}
    for merge in Merge.objects.filter(project=project, undone=None):
        merged[merge.label["id"]] = merge.into
    seen: set[str] = set()
    while told not in seen:
        seen.add(told)
        if (found := Label.objects.filter(project=project, pk=told).values_list("pk", flat=True).first()) is not None:
            return found
        told = str(merged.get(told, told))
    return None


def revisions_of(objects: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Revision]]:
    """Return the revisions of these objects, of each in order."""
    found: dict[uuid.UUID, list[Revision]] = defaultdict(list)
    rows = Revision.objects.filter(annotation__in=objects).select_related("actor")
    for revision in rows.order_by("annotation", "revision"):
        found[revision.annotation_id].append(revision)
    return found


def own_work(revision: Revision) -> bool:
    """Tell whether somebody worked on this object: not one of many whose label was merged, nor what says nothing."""
    return revision.merge_id is None and is_work(revision.action, revision.changes)

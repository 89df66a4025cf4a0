"""Taking an import back as a whole: what it made goes, unless somebody has worked on it since."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from annotator.accounts.models import User
from annotator.annotations.editing import Editing
from annotator.annotations.models import Annotation
from annotator.annotations.queries import live_objects
from annotator.imports.choices import Kind
from annotator.imports.models import Import, Made
from annotator.lib.errors import Conflict, NotFound
from annotator.lib.turns import write_in_turn
from annotator.projects import bins
from annotator.projects.choices import ImageState, ReviewState
from annotator.projects.models import Image, Label
from annotator.projects.services import delete_label
from annotator.suggestions.choices import State
from annotator.suggestions.models import Suggestion

Told = Callable[[float, str], None]
CHUNK = 200
LISTED = 100

REASONS = {
    "changed": "Somebody changed it since.",
    "decided": "Somebody accepted or rejected it.",
    "has_objects": "There are objects on it that stay.",
    "said_done": "Somebody said that it is done, or it is in review.",
    "in_use": "Objects that stay carry it.",
}
"""Why something is kept."""


@dataclass(slots=True)
class Undone:
    """What an undo did. What somebody deleted before it is neither removed nor kept."""

    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    listed: list[dict[str, str]] = field(default_factory=list)

    def keep(self, kind: Kind, reason: str, name: str, image: uuid.UUID | None = None) -> None:
        """Note that something stays."""
        self.kept[(kind.value, reason)] += 1
        if len(self.listed) < LISTED:
            about = {"kind": kind.value, "reason": REASONS[reason], "name": name}
            self.listed.append(about | ({"image": str(image)} if image else {}))

    def to_json(self, removed: Counter[str]) -> dict[str, Any]:
        """Return it as plain data; `removed` counts all that is gone, also by an earlier start of the same undo."""
        kept = [
            {"kind": kind, "reason": REASONS[reason], "count": count} for (kind, reason), count in self.kept.items()
        ]
        return {"removed": {kind.value: removed[kind.value] for kind in Kind}, "kept": kept, "listed": self.listed}


def undo(row: Import, actor: User, told: Told) -> dict[str, Any]:
    """Take back what can be. `told` hears the share done, and may raise to stop it: the next start goes on."""
    undone, made = Undone(), row.made.filter(taken_back=False)
    total = max(1, made.count())
    done = 0
    _take_suggestions(made, told, undone)
    objects = made.filter(kind=Kind.ANNOTATION).order_by("target")
    for image, chunk in _by_image(objects):
        told(0.9 * done / total, f"Taking objects back: {done} of {total}")
        _take_objects(image, chunk, actor, undone)
        done += len(chunk)
    for entry in made.filter(kind=Kind.IMAGE):
        told(0.9 * done / total, "Taking images back")
        _take_image(entry, undone)
        done += 1
    told(0.95, "Taking labels back")
    for entry in made.filter(kind=Kind.LABEL):
        _take_label(entry, undone)
    gone = row.made.filter(taken_back=True)
    return undone.to_json(Counter(gone.values_list("kind", flat=True)))


def _take_suggestions(made: QuerySet[Made], told: Told, undone: Undone) -> None:
    """Those that nobody has decided on go; the others are what people made of them."""
    keys = list(made.filter(kind=Kind.SUGGESTION).values_list("target", flat=True))
    for start in range(0, len(keys), CHUNK):
        told(0.0, f"Taking suggestions back: {start} of {len(keys)}")
        with write_in_turn():
            pending = Suggestion.objects.filter(pk__in=keys[start : start + CHUNK], state=State.PENDING)
            going = list(pending.select_for_update(of=("self",)).values_list("pk", flat=True))
            Suggestion.objects.filter(pk__in=going).delete()
            made.filter(kind=Kind.SUGGESTION, target__in=going).update(taken_back=True)
    for row in Suggestion.objects.filter(pk__in=keys).select_related("label") if keys else ():
        undone.keep(Kind.SUGGESTION, "decided", row.label.name if row.label else "", row.image_id)


def _by_image(objects: QuerySet[Made]) -> Iterator[tuple[uuid.UUID, list[Made]]]:
    # The images' ids are few enough to hold, the notes of a million objects are not.
    images = objects.exclude(image=None).order_by("image").values_list("image", flat=True).distinct()
    for image in [pk for pk in images if pk is not None]:
        mine = list(objects.filter(image=image))
        for start in range(0, len(mine), CHUNK):
            yield image, mine[start : start + CHUNK]


def _take_objects(pk: uuid.UUID, chunk: list[Made], actor: User, undone: Undone) -> None:
    image = Image.objects.select_related("project").filter(pk=pk).first()
    if image is None:
        return  # in the bin or gone, with everything on it
    gone = []
    with write_in_turn():
        try:
            editing = Editing(image, actor)
        except NotFound:
            return
        rows = Annotation.objects.select_related("label").in_bulk([entry.target for entry in chunk])
        editing.look_up(rows, [])
        for entry in chunk:
            found = rows.get(entry.target)
            if found is None or found.deleted_at is not None:
                continue
            if found.revision != entry.revision:
                undone.keep(Kind.ANNOTATION, "changed", found.label.name if found.label else "", image.pk)
                continue
            editing.delete(found.pk, found.revision)
            gone.append(entry.pk)
        editing.finish()
        Made.objects.filter(pk__in=gone).update(taken_back=True)


def _take_image(entry: Made, undone: Undone) -> None:
    with write_in_turn():
        image = Image.objects.select_for_update().filter(pk=entry.target).first()
        if image is None:
            return
        if live_objects().filter(image=image).exists():
            undone.keep(Kind.IMAGE, "has_objects", image.path, image.pk)
        elif image.state == ImageState.DONE or image.review != ReviewState.NONE:
            undone.keep(Kind.IMAGE, "said_done", image.path, image.pk)
        else:
            bins.put(image)
            Made.objects.filter(pk=entry.pk).update(taken_back=True)


def _take_label(entry: Made, undone: Undone) -> None:
    label = Label.objects.filter(pk=entry.target).first()
    if label is None:
        return
    try:
        with write_in_turn():
            delete_label(label)
            Made.objects.filter(pk=entry.pk).update(taken_back=True)
    except Conflict:
        undone.keep(Kind.LABEL, "in_use", label.name)

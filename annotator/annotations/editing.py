"""One person's hand on one image's objects, inside one transaction that holds the image's row.

Holding the row makes the image's `annotation_seq` a true order: a change with a higher number is committed later, so
a client that asks for everything after N misses nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.changes import Checker, differing, record
from annotator.annotations.choices import Action
from annotator.annotations.extensions import tell_followers
from annotator.annotations.models import MAX_ABS_ORDER, Annotation, Revision
from annotator.annotations.present import annotation_json
from annotator.jobs.handout import renew
from annotator.lib.errors import ApiError, Conflict, NotFound
from annotator.projects.choices import ImageState
from annotator.projects.extensions import save_standing
from annotator.projects.models import Image


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row after an operation; `status` is what HTTP would say: 201 made now, 200 anything else."""

    row: Annotation
    status: int = 200


class Editing:
    """Creates, updates, deletes and restores. Use inside `transaction.atomic()`, and call `finish` at its end.

    `put_back`: the objects become what they had been. That is nobody's own work, and what was approved of them is open
    again, whoever does it."""

    def __init__(self, image: Image, actor: User, *, put_back: bool = False) -> None:
        # The project is already at hand; only the row itself must be the stored one.
        row = Image.workable.select_for_update().filter(pk=image.pk).first()
        if row is None:
            raise NotFound("image")
        self.image = row
        self.image.project = image.project
        self._stood = row.standing
        self._actor = actor
        self._put_back = put_back
        self._checker = Checker(self.image, actor, reopens=put_back)
        self._rows: dict[uuid.UUID, Annotation | None] = {}
        self._done: dict[uuid.UUID, Annotation] | None = None
        self._top: int | None = None
        self._notes: list[Revision] = []
        self._written: list[Revision] = []
        self._moved = False  # objects went to the bin or came back, so that the image may be as new, or begun

    def look_up(self, ids: Iterable[uuid.UUID], keys: Iterable[uuid.UUID]) -> None:
        """Fetch what many operations will ask for at once."""
        wanted = list(ids)
        found = Annotation.objects.select_related("author").in_bulk(wanted)
        self._rows |= {pk: found.get(pk) for pk in wanted}
        done = Revision.objects.filter(image=self.image, key__in=list(keys)).select_related("annotation__author")
        self._done = {revision.key: revision.annotation for revision in done if revision.key}

    def finish(self) -> int:
        """Write the changes' records, the image's counter and state; return the counter. Who works keeps their job."""
        self._write_notes()
        if self._moved:
            self.image.object_count = Annotation.objects.filter(image=self.image, deleted_at=None).count()
            if self.image.state != ImageState.DONE:
                self.image.state = ImageState.IN_PROGRESS if self.image.object_count else ImageState.NEW
        if self._written:
            tell_followers(self.image, self._actor, self._written)
        save_standing(self.image, self._stood, self._actor, "annotation_seq", "object_count")
        renew(self.image.pk, self._actor.pk)
        return self.image.annotation_seq

    def create(self, pk: uuid.UUID | None, data: Mapping[str, Any], key: uuid.UUID | None = None) -> Outcome:
        """Make an object. The same key, or the same id with the same content, gives the row that is there."""
        if row := self._replayed(key):
            return Outcome(row)
        taken = self._find(pk) if pk else None
        if taken is not None:
            return self._created_before(taken, data)
        values = self._checker.values(data)
        self._checker.review(None, values)
        values.setdefault("z_order", self._next_order())
        row = Annotation(id=pk or uuid.uuid4(), image=self.image, author=self._actor, **values)
        self._insert(row)
        self._note(row, Action.CREATE, values, key)
        return Outcome(row, 201)

    def create_all(self, objects: Mapping[uuid.UUID, Mapping[str, Any]]) -> list[Annotation]:
        """Make many objects by one statement, under ids that nobody has. Raises as `create` does, and makes none."""
        self._checker.know_labels({data["label"] for data in objects.values() if data.get("label")})
        rows = []
        for pk, data in objects.items():
            values = self._checker.values(data)
            self._checker.review(None, values)
            values.setdefault("z_order", self._next_order())
            rows.append(Annotation(id=pk, image=self.image, author=self._actor, seq=self._next_seq(), **values))
            self._note(rows[-1], Action.CREATE, values, None)
        Annotation.objects.bulk_create(rows)
        self._rows |= {row.pk: row for row in rows}
        self.image.object_count += len(rows)
        if rows and self.image.state == ImageState.NEW:
            self.image.state = ImageState.IN_PROGRESS
        return rows

    def update(self, pk: uuid.UUID, revision: int, data: Mapping[str, Any], key: uuid.UUID | None = None) -> Outcome:
        """Change fields. Raises Conflict when the row has moved on; setting what is already so changes nothing."""
        if row := self._replayed(key):
            return Outcome(row)
        row = self._get(pk, revision)
        if row.deleted_at is not None:
            raise _conflict("deleted", "This object was deleted. Restore it before changing it.", row)
        changed = differing(row, self._checker.values(data))
        self._checker.review(row, changed)
        changed |= self._checker.reopened(row, changed)
        return self._write(row, Action.UPDATE, changed, key) if changed else Outcome(row)

    def delete(self, pk: uuid.UUID, revision: int, key: uuid.UUID | None = None) -> Outcome:
        """Delete; the row stays and can be restored. Deleting what is deleted changes nothing."""
        return self._bury(Action.DELETE, pk, revision, key)

    def restore(self, pk: uuid.UUID, revision: int, key: uuid.UUID | None = None) -> Outcome:
        """Bring a deleted object back. Restoring what is there changes nothing."""
        return self._bury(Action.RESTORE, pk, revision, key)

    def _bury(self, action: Action, pk: uuid.UUID, revision: int, key: uuid.UUID | None) -> Outcome:
        if row := self._replayed(key):
            return Outcome(row)
        wanted = action is Action.DELETE
        found = self._find(pk)
        if found is not None and found.image_id == self.image.pk and bool(found.deleted_at) == wanted:
            return Outcome(found)
        row = self._get(pk, revision)
        row.deleted_at = timezone.now() if wanted else None
        self._moved = True
        return self._write(row, action, self._checker.reopened(row, {"deleted_at": row.deleted_at}), key)

    def _write(self, row: Annotation, action: Action, changed: dict[str, Any], key: uuid.UUID | None) -> Outcome:
        for name, value in changed.items():
            setattr(row, name, value)
        row.revision += 1
        row.seq = self._next_seq()
        row.updated = timezone.now()
        row.save(update_fields=[*changed, "revision", "seq", "updated", "deleted_at"])
        self._note(row, action, changed, key)
        return Outcome(row)

    def _insert(self, row: Annotation) -> None:
        row.seq = self._next_seq()
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            # Another image got the same id in this very moment.
            raise _taken(None) from None
        self._rows[row.pk] = row
        self.image.object_count += 1
        if self.image.state == ImageState.NEW:
            self.image.state = ImageState.IN_PROGRESS

    def _note(self, row: Annotation, action: Action, changed: dict[str, Any], key: uuid.UUID | None) -> None:
        self._notes.append(
            Revision(
                annotation=row,
                image=self.image,
                revision=row.revision,
                seq=row.seq,
                action=action,
                key=key,
                actor=self._actor,
                changes=record(changed),
                created=row.updated,
                put_back=self._put_back,
            )
        )
        if key and self._done is not None:
            self._done[key] = row

    def _write_notes(self) -> None:
        Revision.objects.bulk_create(self._notes)
        self._written += self._notes
        self._notes.clear()

    def _replayed(self, key: uuid.UUID | None) -> Annotation | None:
        if key is None:
            return None
        if self._done is not None:
            done = self._done.get(key)
            return self._rows.setdefault(done.pk, done) if done is not None else None
        found = Revision.objects.filter(image=self.image, key=key).select_related("annotation__author").first()
        return found.annotation if found else None

    def _find(self, pk: uuid.UUID) -> Annotation | None:
        if pk not in self._rows:
            self._rows[pk] = Annotation.objects.select_related("author").filter(pk=pk).first()
        return self._rows[pk]

    def _get(self, pk: uuid.UUID, revision: int) -> Annotation:
        row = self._find(pk)
        if row is None or row.image_id != self.image.pk:
            raise NotFound("annotation")
        if row.revision != revision:
            sentence = f"{self._last_hand(row)} since you last saw it here. Look at both and choose."
            raise _conflict("stale_revision", sentence, row)
        return row

    def _last_hand(self, row: Annotation) -> str:
        """Who changed the object last, as the beginning of a sentence."""
        last = row.revisions.select_related("actor").order_by("-revision").first()
        if last is None or last.actor is None:
            return "This object was changed"
        return "You changed this object" if last.actor == self._actor else f"{last.actor.name} changed this object"

    def _created_before(self, row: Annotation, data: Mapping[str, Any]) -> Outcome:
        if row.image_id != self.image.pk:
            raise _taken(None)
        self._write_notes()
        first = row.revisions.get(revision=1).changes
        sent = record(self._checker.values(data))
        if any(first.get(name, _default(name)) != value for name, value in sent.items()):
            raise _taken(row)
        return Outcome(row)

    def _next_seq(self) -> int:
        self.image.annotation_seq += 1
        return self.image.annotation_seq

    def _next_order(self) -> int:
        if self._top is None:
            live = Annotation.objects.filter(image=self.image, deleted_at=None)
            top = live.aggregate(top=Max("z_order"))["top"]
            self._top = -1 if top is None else top
        self._top = min(self._top + 1, MAX_ABS_ORDER)
        return self._top


_BLANK = Annotation()


def _default(name: str) -> Any:
    """What a field had that nobody sent when the row was made."""
    return getattr(_BLANK, name)


def _conflict(code: str, message: str, row: Annotation) -> Conflict:
    return Conflict(code, message, current=annotation_json(row))


def _taken(row: Annotation | None) -> ApiError:
    message = "Another object already has this id. Send it again with a new id."
    return Conflict("id_taken", message, current=annotation_json(row) if row else None)

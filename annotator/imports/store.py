"""Writing an import: labels, images, objects, each with the note that this import made it, in transactions of bounded
size. What is there already stays as it is: doing it again, after a dead worker or by hand, adds nothing twice."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from annotator.accounts.models import User
from annotator.annotations import masks
from annotator.annotations.editing import Editing
from annotator.annotations.models import Annotation
from annotator.imports import labels, suggested
from annotator.imports.choices import Become, Kind, To
from annotator.imports.matching import place_of
from annotator.imports.models import Import, Made
from annotator.imports.objects import Named, count_image_losses, count_losses, count_proposal_losses, values_of
from annotator.imports.plan import Group, Plan
from annotator.lib.errors import ApiError, Conflict, NotFound
from annotator.lib.turns import write_in_turn
from annotator.projects import bins
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Image
from annotator.runs.models import Run
from export import ArchiveError
from export.files import Files
from export.reading import Problem

CHUNK = 200
"""Objects written in one transaction: others wait no longer than for a person's own saving."""


@dataclass(slots=True)
class Outcome:
    """What became of a data set, beyond what the ledger says."""

    made: int = 0
    skipped: int = 0
    deleted: int = 0
    there: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)


class Writer:
    """Writes what a plan says, image by image."""

    def __init__(self, row: Import, run: Run, plan: Plan, files: Files, actor: User) -> None:
        self._row, self._run, self._plan, self._files, self._actor = row, run, plan, files, actor
        self._project = row.project
        self._choices: dict[str, dict[str, Any]] = row.options["labels"]
        self._labels: dict[str, uuid.UUID | None] = {}
        self.outcome = Outcome()

    def labels(self) -> None:
        """Make the labels that were chosen to be new, and know all others. Raises ApiError for one that went."""
        labels.check(self._project, self._choices)
        for name, choice in self._choices.items():
            if choice["to"] == To.LABEL:
                self._labels[name] = uuid.UUID(str(choice["label"]))
            elif choice["to"] == To.NONE:
                self._labels[name] = None
            elif choice["to"] == To.NEW:
                self._labels[name] = self._new_label(name, choice)

    def _new_label(self, name: str, choice: dict[str, Any]) -> uuid.UUID:
        category = self._plan.categories.get(name)
        with write_in_turn():
            label, made = labels.make(self._project, choice, category.color if category else labels.GREY)
            if made:
                note(self._row, [self._made(Kind.LABEL, label.pk)])
        return label.pk

    def write(self, group: Group) -> None:
        """Write one image with its objects; what cannot be is among the problems. Raises ApiError for a label that was
        deleted meanwhile."""
        count_image_losses(group.record, self.outcome.lost)
        try:
            image = self._image(group)
        except (ApiError, ArchiveError, FileNotFoundError) as error:
            self._problem(group, str(error))
            return
        if group.count and (image.width, image.height) != (group.record.width, group.record.height):
            # Only seen now that the picture is upright and whole.
            self._problem(
                group, f"Its objects are left out: the picture is {image.width} × {image.height} pixels here."
            )
            return
        objects = [one for one in self._plan.objects(group, image.pk) if one.label in self._labels]
        self.outcome.skipped += group.count - len(objects)
        for chunk in _chunks(objects):
            try:
                self._objects(image, chunk)
            except NotFound:
                self._problem(group, "The image was deleted while it was imported.")
                return

    def _image(self, group: Group) -> Image:
        if group.match.image is not None:
            return self._known(group.match.image)
        # Named by its bytes, so that the note can be written before the image is: a dead worker leaves none unnoted.
        pk = uuid.uuid5(self._row.pk, group.match.sha256)
        before = Image.with_bin.filter(pk=pk).first()
        if before is not None:
            return self._again(before)
        note(self._row, [Made(by=self._row, kind=Kind.IMAGE, target=pk, image=pk)])
        folder, name = place_of(group.record.file_name)
        try:
            data = self._files.read(group.record.path)
            return ingest_bytes(self._project, self._actor, name, data, folder=folder, pk=pk)
        except (ApiError, ArchiveError) as error:
            Made.objects.filter(by=self._row, target=pk).delete()
            if not isinstance(error, Conflict):
                raise
            # Somebody added the same picture in this very moment, or it is the same once it is turned upright.
            return self._known(uuid.UUID(error.current["id"]))

    def _known(self, pk: uuid.UUID) -> Image:
        image = self._project.images.filter(pk=pk).first()
        if image is None:
            raise NotFound("image")
        image.project = self._project
        return image

    def _again(self, image: Image) -> Image:
        """An image of this import that was taken back comes out of the bin; one that somebody deleted stays there."""
        image.project = self._project
        taken_back = Made.objects.filter(by=self._row, target=image.pk, taken_back=True)
        if image.deleted_at is None:
            return image
        if not taken_back.exists():
            raise NotFound("image")
        with transaction.atomic():
            bins.restore(image)
            taken_back.update(taken_back=False)
        return image

    def _objects(self, image: Image, chunk: Sequence[Named]) -> None:
        """Write a chunk as what was chosen; what a machine only suggested stays a suggestion."""
        only = self._row.options["as"] == Become.SUGGESTIONS
        self._suggest(image, [one for one in chunk if only or one.instance.suggested])
        self._annotate(image, [one for one in chunk if not only and not one.instance.suggested])

    def _suggest(self, image: Image, chunk: Sequence[Named]) -> None:
        new = suggested.missing(image, chunk)
        self.outcome.there += len(chunk) - len(new)
        values = self._readable(new, image, lambda one: suggested.values_of(one, image))
        new = [one for one in new if one.pk in values]
        if not new:
            return
        with write_in_turn():
            rows = suggested.put(image, self._run, new, values, self._labels)
            note(self._row, [self._made(Kind.SUGGESTION, row.pk, image) for row in rows])
        self.outcome.made += len(rows)
        for one in new:
            count_proposal_losses(one.instance, self.outcome.lost)

    def _annotate(self, image: Image, chunk: Sequence[Named]) -> None:
        new = self._missing(image, chunk)
        values = self._readable(new, image, lambda one: self._values(one, image))
        new = [one for one in new if one.pk in values]
        if not new:
            return
        with write_in_turn():
            editing = Editing(image, self._actor)
            # Looked at again, now that nobody else can write here.
            rows = Annotation.objects.in_bulk([pk for one in new for pk in one.ids()])
            still = [one for one in new if _lacks(rows, one, image)]
            created = editing.create_all({one.pk: values[one.pk] for one in still if one.pk not in rows})
            back = [self._bring_back(editing, rows[one.pk], values[one.pk]) for one in still if one.pk in rows]
            made = [self._made(Kind.ANNOTATION, row.pk, image, row.revision) for row in [*created, *back]]
            note(self._row, made)
            editing.finish()
        self.outcome.made += len(made)
        for one in new:
            count_losses(one.instance, self.outcome.lost)

    def _readable(
        self, objects: Sequence[Named], image: Image, read: Callable[[Named], dict[str, Any]]
    ) -> dict[uuid.UUID, dict[str, Any]]:
        """Return the columns of each, before any transaction begins; those that cannot be are problems."""
        values = {}
        for one in objects:
            try:
                values[one.pk] = read(one)
            except ApiError as error:
                self.outcome.problems.append(Problem("", f"{image.path}: object {one.instance.id}", str(error)))
        return values

    def _missing(self, image: Image, chunk: Sequence[Named]) -> list[Named]:
        """Return those of the objects that the image lacks. What somebody deleted is not brought back."""
        rows = Annotation.objects.only("image", "deleted_at").in_bulk([pk for one in chunk for pk in one.ids()])
        lacking = [one for one in chunk if _lacks(rows, one, image)]
        accepted = suggested.accepted(image, lacking)
        lacking = [one for one in lacking if one.pk not in accepted]
        gone = [one.pk for one in lacking if one.pk in rows]
        back = set(Made.objects.filter(target__in=gone, taken_back=True).values_list("target", flat=True))
        deleted = set(gone) - back
        self.outcome.deleted += len(deleted)
        self.outcome.there += len(chunk) - len(lacking)
        return [one for one in lacking if one.pk not in deleted]

    def _values(self, one: Named, image: Image) -> dict[str, Any]:
        return {**masks.with_measures(values_of(one.instance, self._row.pk), image), "label": self._labels[one.label]}

    @staticmethod
    def _bring_back(editing: Editing, row: Annotation, values: dict[str, Any]) -> Annotation:
        """Restore what an undo took away; its label may have gone with it."""
        back = editing.restore(row.pk, row.revision).row
        return editing.update(row.pk, back.revision, {"label": values["label"]}).row

    def _made(self, kind: Kind, target: uuid.UUID, image: Image | None = None, revision: int = 1) -> Made:
        return Made(by=self._row, kind=kind, target=target, image=image.pk if image else None, revision=revision)

    def _problem(self, group: Group, reason: str) -> None:
        self.outcome.problems.append(Problem(group.record.path, group.record.file_name, reason))


def note(row: Import, made: Sequence[Made]) -> None:
    """Write down what an import made, in the transaction that makes it. What was taken back once counts again."""
    Made.objects.bulk_create(
        made, CHUNK, update_conflicts=True, unique_fields=["by", "kind", "target"],
        update_fields=["taken_back", "revision"],
    )  # fmt: skip


def _lacks(rows: dict[uuid.UUID, Annotation], one: Named, image: Image) -> bool:
    """Whether the image has no such object; one of the same id on another image does not count."""
    found = [rows[pk] for pk in one.ids() if pk in rows and rows[pk].image_id == image.pk]
    return not any(row.deleted_at is None for row in found)


def _chunks(objects: Sequence[Named]) -> Iterator[Sequence[Named]]:
    for start in range(0, len(objects), CHUNK):
        yield objects[start : start + CHUNK]

"""The runs: undoing one person's work, and bringing it back. Image by image, each as a whole; started again, they go on
where they were."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from annotator.accounts.access import Right, may
from annotator.accounts.models import User
from annotator.history import services
from annotator.history.acting import images_with_steps, restore_on, undo_on
from annotator.history.choices import RESTORE_WORK, UNDO_WORK
from annotator.history.models import Act, Step
from annotator.history.plans import LISTED, Outcome, Wanted, images_of
from annotator.lib.words import counted
from annotator.projects.models import Image
from annotator.reviews.choices import Change
from annotator.runs.runner import Context, RunFailed, Runner

CHUNK = 100


class _HistoryRunner(Runner):
    """What both have in common."""

    def run(self, context: Context) -> dict[str, Any]:
        """Do it, if whoever asked for it still may."""
        actor = context.run.requested_by
        act = (
            Act.objects.select_related("project").filter(pk=context.run.subject).first()
            if context.run.subject
            else None
        )
        if act is None or actor is None:
            raise RunFailed("The project is gone, or who asked for it has no account any more.")
        if not may(actor, act.project, Right.MANAGE):
            raise RunFailed("Whoever asked for this does not manage the project any more.")
        return self.work(context, act, actor)

    @abstractmethod
    def work(self, context: Context, act: Act, actor: User) -> dict[str, Any]:
        """Do the work of this kind."""


class UndoRunner(_HistoryRunner):
    """Undoes one person's work."""

    kind = UNDO_WORK

    def work(self, context: Context, act: Act, actor: User) -> dict[str, Any]:
        """Return what was changed and kept (`Outcome`)."""
        if act.person_id is None or act.since is None or act.until is None:
            raise RunFailed("The person whose work it was has no account any more, so it cannot be told from others'.")
        wanted = Wanted(act.person_id, act.since, act.until)
        total = Outcome()
        for image in _told(context, list(images_of(act.project, wanted).order_by("pk").values_list("pk", flat=True))):
            add(total, undo_on(act, image, actor, wanted))
        # An earlier start of the same run has changed objects, too.
        steps = Step.objects.filter(act=act)
        total.images = steps.order_by().values("image").distinct().count()
        for change in Change:
            setattr(total, change.value, steps.filter(change=change).count())
        services.work_undone(act, actor, total.to_json())
        context.progress(1.0, f"Undone: {_words(total)}")
        return total.to_json() | {"listed": []}


class RestoreRunner(_HistoryRunner):
    """Brings undone work back."""

    kind = RESTORE_WORK

    def work(self, context: Context, act: Act, actor: User) -> dict[str, Any]:
        """Return what was changed and kept (`Outcome`)."""
        total = Outcome()
        for image in _told(context, images_with_steps(act)):
            add(total, restore_on(act, image, actor))
        services.work_restored(act, actor, total.to_json())
        context.progress(1.0, f"Brought back: {_words(total)}")
        return total.to_json() | {"listed": []}


def _told(context: Context, ids: list[uuid.UUID]) -> Iterator[Image]:
    for start in range(0, len(ids), CHUNK):
        for number, image in enumerate(Image.with_bin.select_related("project").filter(pk__in=ids[start:][:CHUNK])):
            context.progress((start + number) / len(ids), f"Image {start + number + 1} of {len(ids)}")
            yield image


def add(total: Outcome, more: Outcome) -> None:
    """Add one image's outcome to the whole."""
    for name in Outcome.__slots__:
        setattr(total, name, getattr(total, name) + getattr(more, name))
    total.listed = total.listed[:LISTED]


def _words(total: Outcome) -> str:
    objects = total.added + total.changed + total.removed
    return f"{counted(objects, 'object')} on {counted(total.images, 'image')}, {total.kept} kept"

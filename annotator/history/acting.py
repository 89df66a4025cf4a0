"""What an act does to one image, in a transaction of its own: written down object by object, so that it can be taken
back, and that a run which is started twice goes on where it was."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection

from annotator.accounts.models import User
from annotator.annotations.models import Annotation, Revision
from annotator.history.models import Act, Step
from annotator.history.plans import Outcome, Plan, Wanted, named, objects_on, plan_of
from annotator.history.putting import Putting, own_work, revisions_of
from annotator.lib.errors import NotFound
from annotator.lib.turns import write_in_turn
from annotator.projects.choices import ReviewState
from annotator.projects.models import Image
from annotator.reviews.choices import Change
from annotator.reviews.difference import folded


def put_to(act: Act, putting: Putting, seq: int) -> Outcome:
    """Make the held image's objects what they were at a count of changes."""
    image, outcome, steps = putting.editing.image, Outcome(), []
    rows = list(Annotation.objects.filter(image=image, seq__gt=seq).order_by("seq"))
    revisions = revisions_of([row.pk for row in rows])
    putting.editing.look_up([row.pk for row in rows], [])
    for row in rows:
        state = folded(revision for revision in revisions[row.pk] if revision.seq <= seq)
        change, now = putting.put(row, state)
        if change is not None:
            outcome.count(change)
            steps.append(_step(act, row, change, now))
    _finish(putting, outcome)
    Step.objects.bulk_create(steps)
    return outcome


class _Going(ABC):
    """What undoing and restoring differ in; `_act_on` is the rest."""

    def __init__(self, act: Act, image: Image) -> None:
        self.act, self.image = act, image
        self.steps: list[Step] = []

    @abstractmethod
    def objects(self) -> Collection[uuid.UUID]:
        """Which objects of the image it is about; asked once the image is held."""

    @abstractmethod
    def plan(self, row: Annotation, revisions: list[Revision]) -> Plan | None:
        """Say what becomes of one of them."""

    @abstractmethod
    def note(self, row: Annotation, change: Change | None, now: int) -> None:
        """Hear what became of it (None: it was so already), and of its revision."""

    def finish(self) -> None:
        """Write down what was done."""
        Step.objects.bulk_create(self.steps)


class _Undoing(_Going):
    def __init__(self, act: Act, image: Image, wanted: Wanted) -> None:
        super().__init__(act, image)
        self._wanted = wanted

    def objects(self) -> Collection[uuid.UUID]:
        done = Step.objects.filter(act=self.act, image=self.image).values_list("annotation", flat=True)
        return set(objects_on([self.image.pk], self._wanted)) - set(done)

    def plan(self, row: Annotation, revisions: list[Revision]) -> Plan | None:
        return plan_of(revisions, self._wanted)

    def note(self, row: Annotation, change: Change | None, now: int) -> None:
        if change is not None:
            self.steps.append(_step(self.act, row, change, now))


class _Restoring(_Going):
    def objects(self) -> Collection[uuid.UUID]:
        rows = Step.objects.filter(act=self.act, image=self.image, undone=False)
        self._open = {step.annotation_id: step for step in rows}
        return self._open.keys()

    def plan(self, row: Annotation, revisions: list[Revision]) -> Plan | None:
        step = self._open[row.pk]
        since = [one for one in revisions if one.revision > step.after and own_work(one)]
        if since:
            return Plan(undoes=False, kept_by=tuple(dict.fromkeys(named(one) for one in since)))
        return Plan(undoes=True, state=folded(one for one in revisions if one.revision <= step.before))

    def note(self, row: Annotation, change: Change | None, now: int) -> None:
        self._open[row.pk].undone = True

    def finish(self) -> None:
        Step.objects.bulk_update([step for step in self._open.values() if step.undone], ["undone"])


def undo_on(act: Act, image: Image, actor: User, wanted: Wanted) -> Outcome:
    """Undo a person's work on an image, but for what somebody has worked on since. What an earlier start of the same
    act undid is left alone. Of an image that went into the bin meanwhile nothing changes."""
    return _act_on(image, actor, _Undoing(act, image, wanted))


def restore_on(act: Act, image: Image, actor: User) -> Outcome:
    """Take back what an act did to an image, but for objects that somebody has worked on since."""
    return _act_on(image, actor, _Restoring(act, image))


def _act_on(image: Image, actor: User, going: _Going) -> Outcome:
    outcome = Outcome()
    kept: list[tuple[str, ...]] = []
    with write_in_turn():
        try:
            putting = Putting(image, actor)
        except NotFound:
            return Outcome(in_bin=1)
        accepted = putting.editing.image.review == ReviewState.ACCEPTED
        objects = going.objects()
        revisions = revisions_of(objects)
        putting.editing.look_up(objects, [])
        for row in Annotation.objects.filter(pk__in=objects).order_by("seq"):
            plan = going.plan(row, revisions[row.pk])
            if plan is None:
                continue
            if plan.kept_by or not plan.undoes:
                kept.append(plan.kept_by)
            if plan.undoes:
                change, now = putting.put(row, plan.state)
                if change is not None:
                    outcome.count(change)
                going.note(row, change, now)
        _finish(putting, outcome)
        going.finish()
    outcome.keep(image, kept)
    outcome.accepted = int(accepted and bool(outcome.images))
    return outcome


def images_with_steps(act: Act) -> list[uuid.UUID]:
    """Return the images on which there is something to take back."""
    rows = Step.objects.filter(act=act, undone=False).order_by("image")
    return list(rows.values_list("image", flat=True).distinct())


def _step(act: Act, row: Annotation, change: Change, after: int) -> Step:
    return Step(act=act, annotation=row, image_id=row.image_id, change=change, before=row.revision, after=after)


def _finish(putting: Putting, outcome: Outcome) -> None:
    outcome.unlabelled = putting.unlabelled
    outcome.images = int(bool(outcome.added or outcome.changed or outcome.removed))
    putting.editing.finish()

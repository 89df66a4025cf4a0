"""What an act does to one image, in a transaction of its own: written down object by object, so that it can be taken
back, and that a run which is started twice goes on where it was."""

from __future__ import annotations

import uuid

from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.history.models import Act, Step
from annotator.history.plans import Outcome, Wanted, objects_on, plan_of
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
    _finish(putting, steps, outcome)
    return outcome


def undo_on(act: Act, image: Image, actor: User, wanted: Wanted) -> Outcome:
    """Undo a person's work on an image, but for what somebody has worked on since. What an earlier start of the same
    act undid is left alone. Of an image that went into the bin meanwhile nothing changes."""
    outcome, steps = Outcome(), []
    kept: list[tuple[str, ...]] = []
    with write_in_turn():
        try:
            putting = Putting(image, actor)
        except NotFound:
            return Outcome(in_bin=1)
        accepted = putting.editing.image.review == ReviewState.ACCEPTED
        done = Step.objects.filter(act=act, image=image).values_list("annotation", flat=True)
        objects = set(objects_on([image.pk], wanted)) - set(done)
        revisions = revisions_of(objects)
        putting.editing.look_up(objects, [])
        for row in Annotation.objects.filter(pk__in=objects).order_by("seq"):
            plan = plan_of(revisions[row.pk], wanted)
            if plan is None:
                continue
            if plan.kept_by or not plan.undoes:
                kept.append(plan.kept_by)
            if not plan.undoes:
                continue
            change, now = putting.put(row, plan.state)
            if change is not None:
                outcome.count(change)
                steps.append(_step(act, row, change, now))
        _finish(putting, steps, outcome)
    outcome.keep(image, kept)
    outcome.accepted = int(accepted and bool(steps))
    return outcome


def restore_on(act: Act, image: Image, actor: User) -> Outcome:
    """Take back what an act did to an image, but for objects that somebody has worked on since."""
    outcome = Outcome()
    kept: list[tuple[str, ...]] = []
    with write_in_turn():
        try:
            putting = Putting(image, actor)
        except NotFound:
            return Outcome(in_bin=1)
        steps = {step.annotation_id: step for step in Step.objects.filter(act=act, image=image, undone=False)}
        revisions = revisions_of(steps)
        putting.editing.look_up(steps, [])
        for row in Annotation.objects.filter(pk__in=steps).order_by("seq"):
            step = steps[row.pk]
            since = [one for one in revisions[row.pk] if one.revision > step.after and own_work(one)]
            if since:
                kept.append(tuple(dict.fromkeys(one.actor.name if one.actor else "somebody" for one in since)))
                continue
            state = folded(one for one in revisions[row.pk] if one.revision <= step.before)
            change, _ = putting.put(row, state)
            if change is not None:
                outcome.count(change)
            step.undone = True
        _finish(putting, [], outcome)
        Step.objects.bulk_update([step for step in steps.values() if step.undone], ["undone"])
    outcome.keep(image, kept)
    return outcome


def images_with_steps(act: Act) -> list[uuid.UUID]:
    """Return the images on which there is something to take back."""
    rows = Step.objects.filter(act=act, undone=False).order_by("image")
    return list(rows.values_list("image", flat=True).distinct())


def _step(act: Act, row: Annotation, change: Change, after: int) -> Step:
    return Step(act=act, annotation=row, image_id=row.image_id, change=change, before=row.revision, after=after)


def _finish(putting: Putting, steps: list[Step], outcome: Outcome) -> None:
    outcome.unlabelled = putting.unlabelled
    outcome.images = int(bool(outcome.added or outcome.changed or outcome.removed))
    putting.editing.finish()
    Step.objects.bulk_create(steps)

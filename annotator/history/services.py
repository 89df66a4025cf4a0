"""Verbs: put an image back, undo one person's work, and take either back. Each changes objects as a person would, with
revisions, so open editors hear of it and an accepted image goes back to review."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.models import Revision
from annotator.history import moments
from annotator.history.acting import put_to, restore_on
from annotator.history.choices import RESTORE_WORK, UNDO_WORK, What
from annotator.history.models import Act
from annotator.history.plans import Wanted, images_of
from annotator.history.putting import Putting
from annotator.history.telling import tell_done, tell_undone
from annotator.lib.errors import ApiError, Conflict
from annotator.lib.turns import write_in_turn
from annotator.projects.models import Image, Project
from annotator.runs.choices import ACTIVE
from annotator.runs.enqueue import enqueue
from annotator.runs.models import Run

DONE_ALREADY = "This was undone already."


def put_back(image: Image, actor: User, seq: int, seen: int) -> Act:
    """Put all objects of an image back to what they were at its count of changes `seq`. `seen` is the count that the
    person looked at. Raises Conflict when it is another by now, or nothing differs."""
    with write_in_turn():
        putting = Putting(image, actor)
        held = putting.editing.image
        if held.annotation_seq != seen:
            sentence = "Objects changed since you looked at this image. Look again, then put it back."
            raise Conflict("changed_meanwhile", sentence)
        moments.check(held, seq)
        act = Act.objects.create(
            project=held.project, what=What.IMAGE, image=held, seq=seq, actor=actor, until=_time_of(held, seq)
        )
        outcome = put_to(act, putting, seq)
        if not outcome.images:
            raise Conflict("is_so_already", "All objects are what they were then, so nothing was changed.")
        act.result = outcome.to_json()
        act.save(update_fields=["result"])
        tell_done(act, actor)
    return act


def _time_of(image: Image, seq: int) -> datetime | None:
    """When the image came to this count of changes; None: at its beginning."""
    rows = Revision.objects.filter(image=image, seq__lte=seq).order_by("-seq")
    return rows.values_list("created", flat=True).first()


def take_back(act: Act, actor: User) -> Act:
    """Undo that an image was put back; objects that somebody has worked on since stay. Raises Conflict when it was
    undone already, or the image lies in the bin."""
    with write_in_turn():
        held = Act.objects.select_for_update(of=("self",)).select_related("image__project").get(pk=act.pk)
        if held.undone is not None or held.image is None:
            raise Conflict("already_undone", DONE_ALREADY)
        outcome = restore_on(held, held.image, actor)
        if outcome.in_bin:
            raise Conflict("image_in_bin", "The image lies in the bin. Take it out first, then undo this.")
        _undone(held, actor, outcome.to_json())
    return held


def _undone(act: Act, actor: User, restored: dict[str, object]) -> None:
    act.undone, act.undone_by, act.restored = timezone.now(), actor, restored
    act.save(update_fields=["undone", "undone_by", "restored"])
    tell_undone(act, actor)


def undo_work(project: Project, actor: User, wanted: Wanted) -> Act:
    """Queue that a person's work of a time is undone. Raises ApiError when there is none, Conflict while another one
    goes on in the project."""
    person = User.objects.filter(pk=wanted.person).first()
    if person is None or not images_of(project, wanted).exists():
        sentence = "This person has changed nothing in this project in that time. Choose another time."
        raise ApiError("nothing_to_undo", sentence, fields={"person": [sentence]})
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        _wait_for_others(project)
        act = Act.objects.create(
            project=project, what=What.PERSON, person=person, person_name=person.name, since=wanted.since,
            until=wanted.until, actor=actor,
        )  # fmt: skip
        act.run = _queue(UNDO_WORK, act, actor)
        act.save(update_fields=["run"])
    return act


def restore_work(act: Act, actor: User) -> Act:
    """Queue that undone work comes back. Raises Conflict when it did already, or another such run goes on."""
    with transaction.atomic():
        held = Act.objects.select_for_update(of=("self",)).select_related("project").get(pk=act.pk)
        if held.undone is not None:
            raise Conflict("already_undone", DONE_ALREADY)
        _wait_for_others(held.project)
        held.undo_run = _queue(RESTORE_WORK, held, actor)
        held.save(update_fields=["undo_run"])
    return held


def work_undone(act: Act, actor: User, result: dict[str, object]) -> None:
    """Write down what undoing changed, once."""
    with write_in_turn():
        act.result = result
        act.save(update_fields=["result"])
        tell_done(act, actor)


def work_restored(act: Act, actor: User, restored: dict[str, object]) -> None:
    """Write down what bringing back changed, once."""
    with write_in_turn():
        _undone(act, actor, restored)


def _key(project: Project) -> str:
    return f"history:{project.pk}"


def _wait_for_others(project: Project) -> None:
    if Run.objects.filter(key=_key(project), state__in=ACTIVE).exists():
        sentence = "Somebody's work is being undone or brought back in this project. Wait until that is done."
        raise Conflict("history_busy", sentence)


def _queue(kind: str, act: Act, actor: User) -> Run:
    params = {"name": act.person_name}
    return enqueue(kind, project=act.project, subject=act.pk, key=_key(act.project), params=params, requested_by=actor)

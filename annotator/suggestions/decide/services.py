"""Deciding on suggestions: accept, reject, take back. Accepting makes an annotation in the same transaction, so a
suggestion is never accepted without its object, nor an object made twice."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from annotator.accounts.models import User
from annotator.annotations.editing import Editing
from annotator.lib.errors import ApiError
from annotator.projects.models import Image
from annotator.suggestions.decide.decisions import Decision, Judge, Outcome


def decide(image: Image, actor: User, decisions: Sequence[Decision]) -> tuple[list[Outcome | ApiError], int]:
    """Carry out decisions in order, each as a whole or not at all. Returns what became of each, and the image's
    counter of changes."""
    with transaction.atomic():
        editing = Editing(image, actor)
        judge = Judge(editing, actor, decisions)
        results = [_attempt(judge, decision) for decision in decisions]
        return results, editing.finish()


def _attempt(judge: Judge, decision: Decision) -> Outcome | ApiError:
    try:
        with transaction.atomic():
            return judge.carry_out(decision)
    except ApiError as error:
        return error

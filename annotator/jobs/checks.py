"""What a lead asks for, checked: people who may have jobs, days to come. Each refusal is a sentence at its field."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from annotator.accounts.models import User
from annotator.jobs import queries
from annotator.lib.errors import ApiError
from annotator.projects.models import Project


def refused(field: str, sentence: str) -> ApiError:
    """Return the 400 for one field."""
    return ApiError("invalid", sentence, fields={field: [sentence]})


def hold_workers(project: Project, people: Sequence[uuid.UUID], field: str) -> list[User]:
    """Return these people in their order, and hold their memberships until the transaction ends, so that who leaves
    meanwhile leaves no job behind. Raises ApiError for somebody who may not annotate here."""
    held = queries.workers_of(project).select_for_update(of=("self", "user"), no_key=True)
    found = {member.user_id: member.user for member in held.filter(user__in=people)}
    if missing := [pk for pk in people if pk not in found]:
        raise refused(field, _why_not(project, missing[0]))
    return [found[pk] for pk in people]


def _why_not(project: Project, person: uuid.UUID) -> str:
    member = project.memberships.filter(user=person).select_related("user").first()
    if member is None:
        return "This person is no member of the project. Add them in its settings first."
    if not member.user.is_active:
        return f"The account of {member.user.name} is switched off."
    return f"{member.user.name} is {member.role} in this project and may not annotate. Give them another role first."


def check_due(values: dict[str, Any]) -> None:
    """Raise ApiError for a due date that has gone by."""
    due: date | None = values.get("due")
    if due is not None and due < timezone.localdate():
        raise refused("due", f"{due.isoformat()} has gone by. Choose today or a later day, or leave it empty.")

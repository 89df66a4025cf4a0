"""What apps above this one add to it: who hears when jobs come to a person, and when they leave one. Each says so in
its `AppConfig.ready`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from django.db.models import QuerySet

from annotator.jobs.models import Job

GivenFollower = Callable[[Sequence[uuid.UUID], uuid.UUID], None]
LeavingFollower = Callable[[QuerySet[Job]], None]

_GIVEN: list[GivenFollower] = []
_LEAVING: list[LeavingFollower] = []


def follow_given(follower: GivenFollower) -> None:
    """Add a function that is told, in the same transaction, which jobs a person has now, by their ids."""
    if follower not in _GIVEN:
        _GIVEN.append(follower)


def follow_leaving(follower: LeavingFollower) -> None:
    """Add a function that is told, in the same transaction, which jobs are about to leave who has them."""
    if follower not in _LEAVING:
        _LEAVING.append(follower)


def jobs_given(jobs: Sequence[uuid.UUID], person: uuid.UUID) -> None:
    """Tell those who follow."""
    for follower in _GIVEN:
        follower(jobs, person)


def jobs_taken_back(jobs: QuerySet[Job]) -> None:
    """Tell those who follow."""
    for follower in _LEAVING:
        follower(jobs)

"""The harbour of the reviews' tests: Bob and Beth annotate, Dana and Rita review, Alice owns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from annotator.accounts.choices import Role
from annotator.annotations.models import Annotation, Revision
from annotator.dashboard.models import Step
from annotator.reviews.models import Event
from tests.annotator.reviews.conftest import Person, Place, at_most, place

__all__ = ["at_most", "place"]


@pytest.fixture
def harbour(place: Place) -> Place:
    place.beth = Person("beth", place.project, Role.ANNOTATOR)
    return place


@pytest.fixture
def numbers(harbour: Place) -> Callable[..., dict[str, Any]]:
    """Ask for the dashboard as somebody."""

    return lambda person, query="": person.get(f"projects/{harbour.project.pk}/dashboard/{query}")


@pytest.fixture
def days_pass(db: None) -> Callable[[int], None]:
    """Move everything that happened so many days into the past."""

    def pass_(days: int) -> None:
        by = timedelta(days=days)
        for model in (Revision, Event, Step, Annotation):
            for row in model.objects.all():
                model.objects.filter(pk=row.pk).update(created=row.created - by)

    return pass_

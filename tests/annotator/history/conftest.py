"""The harbour of the reviews' tests, with a manager and what tests ask of the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.annotations.models import Annotation, Revision
from annotator.projects.models import Image
from annotator.runs.models import Run
from tests.annotator.reviews.conftest import Person, Place, place

__all__ = ["place"]

HOUR = timedelta(hours=1)


def standing(image: Image) -> dict[str, tuple[Any, ...]]:
    """What is on an image, by id: what an independent look at the rows says."""
    rows = Annotation.objects.filter(image=image, deleted_at=None)
    return {str(row.pk): (row.rle, row.bbox, row.area, row.label_id, row.attributes, row.z_order) for row in rows}


def earlier(image: Image | None = None, by: timedelta = HOUR) -> None:
    """Let what has happened so far have happened so much earlier."""
    rows = Revision.objects.all() if image is None else Revision.objects.filter(image=image)
    for row in rows:
        Revision.objects.filter(pk=row.pk).update(created=row.created - by)


class Work:
    """Undoing one person's work, as Alice asks for it."""

    def __init__(self, place: Place, work_off: Callable[[], list[Run]]) -> None:
        self.place, self.path, self.work_off = place, f"projects/{place.project.pk}/history/", work_off

    def of(self, person: Person, since: datetime | None = None, until: datetime | None = None) -> dict[str, str]:
        """The body that names a person's work of a time, of the last half hour if nothing is said."""
        now = timezone.now()
        times = {"since": since or now - HOUR / 2, "until": until or now + HOUR}
        return {"person": str(person.user.pk)} | {name: value.isoformat() for name, value in times.items()}

    def look(self, body: dict[str, str]) -> dict[str, Any]:
        """The dry run, which one answer is enough for."""
        [whole] = self.looks(body)
        return whole

    def looks(self, body: dict[str, str]) -> list[dict[str, Any]]:
        """The dry run, part by part."""
        parts, asked = [], dict(body)
        while len(parts) < 100:
            query = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in asked.items())
            parts.append(self.place.alice.get(f"{self.path}look/?{query}"))
            if parts[-1]["more"] is None:
                return parts
            asked["after"] = parts[-1]["more"]
        raise AssertionError("it never ends")

    def undo(self, body: dict[str, str]) -> dict[str, Any]:
        """Ask for it, let a worker do it, and return the act."""
        act = self.place.alice.does(self.path, body)
        return self.finished(act)

    def back(self, act: dict[str, Any]) -> dict[str, Any]:
        """Bring it back."""
        return self.finished(self.place.alice.does(f"history/{act['id']}/undo/"))

    def finished(self, act: dict[str, Any]) -> dict[str, Any]:
        """The act when its run is over."""
        assert [run.state for run in self.work_off()] == ["succeeded"]
        return next(row for row in self.place.alice.get(self.path)["results"] if row["id"] == act["id"])


@pytest.fixture
def work(place: Place, work_off: Callable[[], list[Run]]) -> Work:
    return Work(place, work_off)

"""Bob annotates, Dana and Rita review, Alice owns; the harbour reviews everything."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.projects.models import Image, Label, Membership, Project
from annotator.reviews.models import Rule
from tests.annotator.annotations.conftest import make_image, make_mask
from tests.annotator.contract import CheckedClient


class Person:
    """Somebody with a client: `bob.post(path, body)` gives (status, body)."""

    def __init__(self, name: str, project: Project, role: str | None) -> None:
        self.user = User.objects.create_user(name, first_name=name.capitalize())
        if role:
            Membership.objects.create(project=project, user=self.user, role=role)
        self.client = CheckedClient(raise_request_exception=False)
        self.client.force_authenticate(self.user)

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        response = getattr(self.client, method)(f"/api/v1/{path}", body, format="json")
        return response.status_code, response.json() if response.content else None

    def get(self, path: str) -> Any:
        status, body = self.send("get", path)
        assert status == 200, body
        return body

    def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        return self.send("post", path, {} if body is None else body)

    def does(self, path: str, body: Any = None) -> Any:
        status, answer = self.post(path, body)
        assert status < 300, answer
        return answer


class Place(SimpleNamespace):
    """The project, its image and the people; verbs that tests use again and again."""

    def add(self, person: Person, image: Image | None = None, **values: Any) -> dict[str, Any]:
        path = f"images/{(image or self.image).pk}/annotations/"
        return person.does(path, {"rle": make_mask(), "label": str(self.cat.pk), "seconds": 10.0} | values)

    def change(self, person: Person, row: dict[str, Any], **values: Any) -> dict[str, Any]:
        status, body = person.send("patch", f"annotations/{row['id']}/", {"revision": row["revision"]} | values)
        assert status == 200, body
        return body

    def done(self, person: Person, image: Image | None = None, state: str = "done") -> dict[str, Any]:
        status, body = person.send("patch", f"images/{(image or self.image).pk}/", {"state": state})
        assert status == 200, body
        return body

    def seen(self, person: Person, image: Image | None = None) -> dict[str, Any]:
        return person.get(f"images/{(image or self.image).pk}/review/")

    def decide(self, person: Person, verb: str, image: Image | None = None, **body: Any) -> tuple[int, Any]:
        where = image or self.image
        return person.post(f"images/{where.pk}/review/{verb}/", {"seq": self.seen(person, where)["seq"]} | body)

    def accept(self, person: Person, image: Image | None = None) -> dict[str, Any]:
        status, body = self.decide(person, "accept", image)
        assert status == 200, body
        return body

    def send_back(self, person: Person, text: str = "Too loose.", image: Image | None = None) -> dict[str, Any]:
        status, body = self.decide(person, "return", image, text=text)
        assert status == 200, body
        return body

    def rule(self, **values: Any) -> None:
        Rule.objects.update_or_create(project=self.project, defaults=values)

    def now(self, image: Image | None = None) -> tuple[str, str]:
        row = Image.objects.get(pk=(image or self.image).pk)
        return row.state, row.review


@pytest.fixture
def place(db: None, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch) -> Place:
    project = Project.objects.create(name="Harbour")
    Rule.objects.create(project=project, mode="all")
    # What is done after the commit is done at once: a test's transaction never ends.
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, *args, **kwargs: do())
    return Place(
        project=project,
        image=make_image(project),
        cat=Label.objects.create(project=project, name="cat", color="#ff0000"),
        alice=Person("alice", project, Role.OWNER),
        bob=Person("bob", project, Role.ANNOTATOR),
        dana=Person("dana", project, Role.REVIEWER),
        rita=Person("rita", project, Role.REVIEWER),
        vera=Person("vera", project, Role.VIEWER),
    )


@pytest.fixture
def submitted(place: Place) -> Place:
    """The image, with one object of Bob's, waits for a review."""
    place.row = place.add(place.bob)
    place.done(place.bob)
    return place


@pytest.fixture
def at_most(django_assert_max_num_queries: Callable[..., Any]) -> Any:
    """Return the context that fails when it takes more SQL queries than said."""
    return django_assert_max_num_queries

"""The page for automatic masks: each state it can be in says what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Image, Project
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.search.queries import progress_of
from tests.annotator.world import make_model_version, make_words_model

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(project: Project) -> Any:
    """A model version, chosen for the project."""
    project.model_version = make_model_version()
    project.save()
    return project.model_version


def html(project: Any, person: Any, sign_in: Any) -> str:
    answer = sign_in(person).get(f"/projects/{project.pk}/automatic/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_model_it_leads_to_the_settings(
    project: Project, image: Image, alice: User, sign_in: Callable[[User], Client]
) -> None:
    project.model_version = None
    project.save()
    shown = html(project, alice, sign_in)
    assert "No model is chosen" in shown
    assert "data-search-all" not in shown


def test_without_photos_it_leads_to_the_images(
    project: Project, alice: User, model: Any, sign_in: Callable[[User], Client]
) -> None:
    assert "No photos yet" in html(project, alice, sign_in)


def test_a_manager_gets_every_step_and_a_viewer_only_looks(
    project: Project, image: Image, alice: User, victor: User, model: Any, sign_in: Callable[[User], Client]
) -> None:
    controls = ("data-search-all", "data-preview-first", "Use for this project", "data-export-all")
    full = html(project, alice, sign_in)
    assert all(control in full for control in controls)
    assert image.name in full
    less = html(project, victor, sign_in)
    assert not any(control in less for control in controls[:3])


def test_it_tells_how_much_is_searched_and_what_waits(
    project: Project,
    image: Image,
    alice: User,
    model: Any,
    sign_in: Callable[[User], Client],
    png: Callable[..., bytes],
) -> None:
    search = Search.objects.create(image=image, model_version=model, found=1, kept=1)
    Search.objects.create(image=image, model_version=model, found=1, kept=1)
    Suggestion.objects.create(
        image=image, search=search, model_version=model, rank=0, rle={"size": [1, 1], "counts": "01"}, area=1,
        bbox=[0, 0, 1, 1], predicted_iou=0.9, stability_score=0.9, point=[0.5, 0.5], crop_box=[0, 0, 1, 1],
    )  # fmt: skip
    assert progress_of(project) == (1, 1)
    assert "1 of 1 photo searched so far, 1 suggestion nobody" in html(project, alice, sign_in)
    ingest_bytes(project, alice, "day.png", png((200, 200, 200)))
    assert "Search the 1 new photo" in html(project, alice, sign_in)


def test_words_are_asked_where_a_model_understands_them_by_who_manages(
    project: Project, image: Image, alice: User, victor: User, sign_in: Callable[[User], Client]
) -> None:
    project.model_version = make_model_version()
    project.save()
    pages = f"/projects/{project.pk}/automatic/", f"/projects/{project.pk}/"

    def offered(person: User) -> list[bool]:
        client = sign_in(person)
        return ["data-words" in client.get(page).content.decode() for page in pages]

    assert offered(alice) == [False, False]
    words = make_words_model()
    assert offered(alice) == [True, True]
    assert offered(victor) == [False, False]
    assert "Managers of the project ask" in html(project, victor, sign_in)
    settings = sign_in(alice).get(f"/projects/{project.pk}/settings/").content.decode()
    assert str(project.model_version.pk) in settings
    assert str(words.pk) not in settings  # nobody can click with it
    project.model_version = None
    project.save()
    assert offered(alice) == [True, True]

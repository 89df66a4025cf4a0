"""The export page: suggestions are offered only where there are any, and only to those who may export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.projects.models import Image, Project
from annotator.suggestions.models import Search, Suggestion
from tests.annotator.world import make_model_version

pytestmark = pytest.mark.django_db
OFFER = 'name="include_suggestions"'


@pytest.fixture
def suggest(image: Image) -> Callable[..., Any]:
    """Makes a suggestion in a state."""
    model = make_model_version()
    search = Search.objects.create(image=image, model_version=model, found=1, kept=1)

    def make(state: str) -> Suggestion:
        return Suggestion.objects.create(
            image=image, search=search, model_version=model, rank=0, state=state, rle={"size": [6, 8], "counts": ""},
            bbox=[0, 0, 1, 1], area=1, predicted_iou=0.9, stability_score=0.9, point=[0.5, 0.5], crop_box=[0, 0, 8, 6],
        )  # fmt: skip

    return make


def html(project: Any, person: Any, sign_in: Any) -> str:
    answer = sign_in(person).get(f"/projects/{project.pk}/exports/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_suggestions_nothing_is_said_of_them(
    project: Project, image: Image, alice: User, suggest: Callable[..., Any], sign_in: Callable[[User], Client]
) -> None:
    suggest("rejected")
    assert OFFER not in html(project, alice, sign_in)


def test_waiting_ones_are_counted_and_offered_unchecked(
    project: Project, image: Image, alice: User, suggest: Callable[..., Any], sign_in: Callable[[User], Client]
) -> None:
    suggest("pending")
    suggest("pending")
    shown = html(project, alice, sign_in)
    assert OFFER in shown
    assert f'{OFFER} value="yes" checked' not in shown
    assert "Include the 2 suggestions nobody has judged" in shown
    assert "unless you include the suggestions" in shown


def test_who_may_not_export_is_not_asked(
    project: Project, image: Image, victor: User, suggest: Callable[..., Any], sign_in: Callable[[User], Client]
) -> None:
    suggest("pending")
    assert OFFER not in html(project, victor, sign_in)

"""The export page: suggestions are offered only where there are any, and only to those who may export."""
from __future__ import annotations

import pytest

from annotator.suggestions.models import Suggestion, Sweep
from tests.annotator.world import make_model_version

pytestmark = pytest.mark.django_db
OFFER = 'name="include_suggestions"'


@pytest.fixture
def suggest(image):
    """Makes a suggestion in a state."""
    model = make_model_version()
    sweep = Sweep.objects.create(image=image, model_version=model, found=1, kept=1)

    def make(state: str) -> Suggestion:
        return Suggestion.objects.create(
            image=image, sweep=sweep, model_version=model, rank=0, state=state, rle={"size": [6, 8], "counts": ""},
            bbox=[0, 0, 1, 1], area=1, predicted_iou=0.9, stability_score=0.9, point=[0.5, 0.5], crop_box=[0, 0, 8, 6],
        )  # fmt: skip

    return make


def html(project, person, sign_in) -> str:
    answer = sign_in(person).get(f"/projects/{project.pk}/exports/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_suggestions_nothing_is_said_of_them(project, image, alice, suggest, sign_in):
    suggest("rejected")
    assert OFFER not in html(project, alice, sign_in)


def test_waiting_ones_are_counted_and_offered_unchecked(project, image, alice, suggest, sign_in):
    suggest("pending")
    suggest("pending")
    shown = html(project, alice, sign_in)
    assert OFFER in shown
    assert f"{OFFER} value=\"yes\" checked" not in shown
    assert "Include the 2 suggestions nobody has judged" in shown
    assert "unless you include the suggestions" in shown


def test_who_may_not_export_is_not_asked(project, image, victor, suggest, sign_in):
    suggest("pending")
    assert OFFER not in html(project, victor, sign_in)

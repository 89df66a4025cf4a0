"""A model that suggestions or searches name is not removed; a preview, which can be had again, keeps none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from annotator.inference.models import ModelVersion
from annotator.runs.models import Run
from annotator.suggestions.models import Preview, Suggestion
from tests.annotator.world import World, make_user


def remove(ready: World, api: Callable[..., Any]) -> tuple[int, Any]:
    """An administrator removes the model, which the project uses no more."""
    ready.project.model_version = None
    ready.project.save()
    return api("delete", f"models/{ready.model.pk}/", None, make_user("Root", is_staff=True))


def test_a_model_that_made_suggestions_stays_and_says_why(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    find_all()
    status, body = remove(ready, api)
    assert (status, body["code"]) == (409, "model_in_use")
    assert "4 suggestion(s) were found with it, and name it as their source." in body["message"]


def test_a_model_that_found_nothing_stays_for_the_report(
    ready: World, api: Callable[..., Any], find_all: Callable[..., Any]
) -> None:
    find_all()
    Suggestion.objects.all().delete()
    status, body = remove(ready, api)
    assert (status, body["code"]) == (409, "model_in_use")
    assert "1 photo(s) were searched with it, and the report counts that." in body["message"]


def test_a_preview_goes_with_its_model(
    ready: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    assert api("post", f"images/{ready.image.pk}/automask/preview/", {}, ready.alice)[0] == 202
    work_off()
    assert Preview.objects.filter(model_version=ready.model).exists()
    assert remove(ready, api) == (204, None)
    assert not Preview.objects.exists()
    assert not ModelVersion.objects.exists()

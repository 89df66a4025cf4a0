"""What cannot be asked in words ends in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.inference import lending, services
from annotator.inference.models import ModelVersion
from annotator.lib.errors import Conflict
from annotator.runs.models import Run
from tests.annotator.known_words import KnownWords
from tests.annotator.suggestions.words.conftest import Api, WorkOff
from tests.annotator.world import World

BAD = [
    ({"words": "   "}, "phrases.0", "Say what to look for"),
    ({}, "phrases.0", "Say what to look for"),
    ({"words": "고" * 500}, "phrases.0", "500 characters are too many; up to 200"),
    ({"label": "00000000-0000-4000-8000-000000000000"}, "phrases.0", "not one of the project's labels"),
]


@pytest.mark.parametrize(("phrase", "field", "said"), BAD)
def test_what_cannot_be_asked_is_a_sentence_at_once(ask: Api, phrase: Any, field: str, said: str) -> None:
    status, body = ask(phrase)
    assert (status, Run.objects.count()) == (400, 0)
    assert said in body["fields"][field][0]


@pytest.mark.parametrize(("body", "said"), [
    ({"phrases": []}, "Between 1 and 50"),
    ({"phrases": [{"words": f"word {number}"} for number in range(51)]}, "Between 1 and 50"),
    ({"phrases": [{"words": "cat"}], "threshold": 1.5}, "less than or equal to 1"),
    ({"phrases": [{"words": "cat"}], "images": []}, "Name between 1 and"),
    ({"phrases": [{"words": "cat", "boxes": [[0, 0, 5, 5]]}]}, "boxes"),
    ({"phrases": "cat"}, "list"),
])  # fmt: skip
def test_a_request_that_makes_no_sense_is_refused(
    world: World, model: ModelVersion, api: Api, body: dict[str, Any], said: str
) -> None:
    status, told = api("post", f"projects/{world.project.pk}/words/", body, world.alice)
    assert status == 400
    assert said in str(told)


@pytest.mark.parametrize(("box", "said"), [
    ([64, 0, 5, 5], "Nothing of an example box lies on the image (64 × 48 pixels)"),
    ([0, 0, 0, 5], "Nothing of an example box"), ([0, 0, 5], "at least 4"), ([0, 0, 5, 1e300], "less than"),
])  # fmt: skip
def test_an_example_box_off_the_image_is_refused(
    world: World, model: ModelVersion, api: Api, box: list[float], said: str
) -> None:
    status, told = api("post", f"images/{world.image.pk}/words/", {"phrases": [{"boxes": [box]}]})
    assert status == 400
    assert said in str(told)


@pytest.mark.parametrize(("phrase", "said"), [
    ({"objects": ["00000000-0000-4000-8000-000000000000"]}, "1 of the examples are not on this image"),
    ({"objects": ["cat"]}, "UUID"), ({"objects": "all"}, "list"), ({"unlike_objects": [5]}, "UUID"),
    ({"boxes": [[0, 0, 5, 5]] * 21}, "Up to 20 examples"),
    ({"unlike": [[0, 0, 5, 5]]}, "or give an example"),
])  # fmt: skip
def test_an_example_that_is_none_is_refused(
    world: World, model: ModelVersion, api: Api, phrase: Any, said: str
) -> None:
    status, told = api("post", f"images/{world.image.pk}/words/", {"phrases": [phrase]})
    assert (status, Run.objects.count()) == (400, 0)
    assert said in str(told)


def test_korean_words_are_asked_as_they_are(ask: Api, words: KnownWords, work_off: WorkOff) -> None:
    ask({"words": "노란 버스"})
    (run,) = work_off()
    assert words.asked == ["노란 버스"]
    assert "Nothing of that was found on 1 image" in run.message


def test_words_longer_than_the_model_reads_end_the_run_before_any_image(
    ask: Api, words: KnownWords, work_off: WorkOff
) -> None:
    ask({"words": "cat"}, {"words": "a" * 31})
    (run,) = work_off()
    assert (run.state, words.asked) == ("failed", [])
    assert "too long for this model" in run.error


def test_without_a_model_for_words_there_is_a_sentence(world: World, api: Api) -> None:
    path, body = f"projects/{world.project.pk}/words/", {"phrases": [{"words": "cat"}]}
    status, told = api("post", path, body, world.alice)
    assert (status, told["code"]) == (409, "no_words_model")
    assert "models pull sam3" in told["message"]
    status, told = api("post", path, body | {"model": str(world.model.pk)}, world.alice)
    assert (status, "cannot be asked in words" in told["message"]) == (400, True)


def test_without_transformers_the_run_says_what_to_install(
    ask: Api, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sam_backend import phrases

    monkeypatch.setattr(phrases, "missing", lambda: ["torch", "transformers"])
    monkeypatch.setattr(lending, "load_in_words", phrases.load_finder)
    ask({"words": "cat"})
    (run,) = work_off()
    assert run.state == "failed"
    assert (
        'Asking in words needs torch and transformers on the worker. Install with `pip install "maskwright' in run.error
    )


def test_a_model_for_words_is_offered_to_nobody_who_clicks(
    world: World, model: ModelVersion, api: Api, ask: Api
) -> None:
    path = f"projects/{world.project.pk}"
    status, told = api("put", f"{path}/model/", {"model_version": str(model.pk)}, world.alice)
    assert (status, told["code"]) == (409, "no_clicks")
    with pytest.raises(Conflict, match="nobody can click with it"):
        services.use_model(world.project, model, None)
    assert api("post", f"{path}/evaluations/", {"models": [str(model.pk)]}, world.alice)[0] == 400
    ModelVersion.objects.exclude(pk=model.pk).delete()
    assert api("post", "projects/", {"name": "New"}, world.alice)[0] == 201
    assert not model.projects.exists()
    status, told = api("get", "models/")
    assert [row["prompts"] for row in told["results"]] == ["words"]

"""A model is asked in words, and what it finds becomes suggestions with their scores and labels."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from annotator.inference import lending, services
from annotator.inference.models import ModelVersion
from annotator.lib.errors import Conflict
from annotator.projects.models import Label
from annotator.runs import lease, worker
from annotator.runs.models import Run
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.words import store
from tests.annotator.known_words import KnownWords
from tests.annotator.world import World, make_image, make_label, make_words_model

Api = Callable[..., Any]
WorkOff = Callable[[], list[Run]]
CAT, DOG, SMALL_DOG = [6, 9, 19, 19], [35, 4, 12, 9], [38, 28, 19, 14]
"""Of a picture of 64 × 48, as x, y, width and height."""


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> KnownWords:
    known = KnownWords()
    monkeypatch.setattr(lending, "load_in_words", lambda version: known)
    return known


@pytest.fixture
def model(world: World, words: KnownWords) -> ModelVersion:
    """The project has no model for clicks, its image no embedding; one for words is installed."""
    world.project.model_version = None
    world.project.save()
    return make_words_model()


@pytest.fixture
def dog(world: World) -> Label:
    return make_label(world.project, "dog")


@pytest.fixture
def ask(world: World, model: ModelVersion, api: Api) -> Api:
    """Alice, who manages the project, asks all of it."""

    def post(*phrases: dict[str, Any], **more: Any) -> Any:
        return api("post", f"projects/{world.project.pk}/words/", {"phrases": list(phrases)} | more, world.alice)

    return post


def rows(**wanted: Any) -> list[tuple[list[int], float, Any]]:
    found = Suggestion.objects.filter(state="pending", **wanted).order_by("rank", "created")
    return [(row.bbox, row.predicted_iou, row.label) for row in found]


def test_labels_and_own_words_become_suggestions_the_surest_first(
    world: World, model: ModelVersion, dog: Label, ask: Api, words: KnownWords, work_off: WorkOff
) -> None:
    status, _ = ask({"label": str(world.label.pk)}, {"words": "  dog ", "label": str(dog.pk)}, {"words": "yak"})
    assert status == 202
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    assert run.result == {"images": 1, "found": 3, "suggestions": 3, "problems": []}
    assert rows() == [(CAT, 0.9, world.label), (DOG, 0.8, dog), (SMALL_DOG, 0.4, dog)]
    assert words.asked == ["cat", "dog", "yak"]
    made = Suggestion.objects.first()
    assert made is not None
    assert (made.model_version, made.stability_score) == (model, 0.75)


def test_only_the_images_that_were_named_are_asked(world: World, ask: Api, work_off: WorkOff) -> None:
    other = make_image(world.project, "b.png")
    ask({"words": "cat"}, images=[str(other.pk)])
    work_off()
    assert [row.image for row in Suggestion.objects.all()] == [other]


def test_a_threshold_leaves_out_what_is_less_sure(ask: Api, work_off: WorkOff) -> None:
    ask({"words": "dog"}, threshold=0.5)
    work_off()
    assert rows() == [(DOG, 0.8, None)]


def test_an_annotator_asks_one_image_by_example(world: World, model: ModelVersion, api: Api, work_off: WorkOff) -> None:
    phrase = {"label": str(world.label.pk), "boxes": [[-5, 10, 25, 12]], "unlike": [[40, 40, 5, 5]]}
    status, told = api("post", f"images/{world.image.pk}/words/", {"phrases": [phrase]})
    assert (status, told["kind"], told["subject"]) == (202, "words", str(world.image.pk))
    work_off()
    assert rows() == [([0, 10, 20, 12], 0.7, world.label)]  # cut to the image; the label's name is not asked for


def test_asking_again_doubles_nothing_and_leaves_what_other_words_found(
    world: World, dog: Label, ask: Api, api: Api, work_off: WorkOff
) -> None:
    ask({"words": "dog", "label": str(dog.pk)})
    work_off()
    rejected, kept = Suggestion.objects.order_by("rank")
    api("post", f"suggestions/{rejected.pk}/reject/", {})
    ask({"words": "cat"})
    work_off()
    ask({"words": "dog", "label": str(dog.pk)})
    (run,) = work_off()
    assert run.result["suggestions"] == 1
    assert sorted(rows()) == sorted([(CAT, 0.9, None), (SMALL_DOG, 0.4, dog)])
    assert not Suggestion.objects.filter(pk=kept.pk).exists()  # the new one stands in its place
    ask({"words": "cat"}, {"words": "dog", "label": str(dog.pk)})
    work_off()
    assert len(rows()) == 2


def test_two_phrases_of_one_label_find_an_object_once(world: World, ask: Api, work_off: WorkOff) -> None:
    label = str(world.label.pk)
    ask({"words": "cat", "label": label}, {"words": "cat ", "label": label}, {"words": "cat"})
    work_off()
    assert rows() == [(CAT, 0.9, world.label), (CAT, 0.9, None)]


def test_a_search_for_everything_leaves_them_alone_and_accepted_ones_are_not_found_again(
    world: World, model: ModelVersion, ask: Api, api: Api, work_off: WorkOff
) -> None:
    ask({"words": "cat"}, {"words": "dog"}, threshold=0.5)
    work_off()
    assert api("post", f"suggestions/{Suggestion.objects.get(bbox=CAT).pk}/accept/", {})[0] == 201
    ask({"words": "cat"})
    (run,) = work_off()
    assert "is there already" in run.message
    assert rows() == [(DOG, 0.8, None)]
    assert Search.objects.filter(complete=True).count() == 0  # the project's search has still got to look at all


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


def test_one_image_that_cannot_be_looked_at_leaves_the_others(
    world: World, ask: Api, words: KnownWords, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_image(world.project, "b.png")
    look = words.look
    sizes = iter([MemoryError("full"), None])

    def sometimes(self: KnownWords, rgb: Any) -> Any:
        if error := next(sizes):
            raise error
        return look(rgb)

    monkeypatch.setattr(KnownWords, "look", sometimes)
    ask({"words": "cat"})
    (run,) = work_off()
    assert run.result["suggestions"] == 1
    assert "memory" in run.result["problems"][0]


def test_a_run_that_died_goes_on_where_it_was(
    world: World, ask: Api, words: KnownWords, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_image(world.project, "b.png")
    keep, kept = store.keep, []

    def dies(image: Any, *others: Any) -> None:
        kept.append(image)
        if len(kept) == 2:
            raise KeyboardInterrupt  # as a killed process: no error is written
        keep(image, *others)

    monkeypatch.setattr(store, "keep", dies)
    ask({"words": "cat"})
    with pytest.raises(KeyboardInterrupt):
        work_off()
    Run.objects.update(state="queued", claim=None, lease_until=None)
    work_off()
    assert words.asked == ["cat"] * 3
    assert kept[1] == kept[2]
    assert Suggestion.objects.count() == 2


def test_a_cancelled_run_stops_at_the_next_phrase(
    ask: Api, words: KnownWords, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    from annotator.runs.enqueue import cancel

    monkeypatch.setattr(worker, "WRITE_EVERY_SECONDS", 0.0)  # so that it hears of it at once
    find = KnownWords.find

    def cancels(self: KnownWords, *args: Any, **values: Any) -> Any:
        cancel(Run.objects.get())
        return find(self, *args, **values)

    monkeypatch.setattr(KnownWords, "find", cancels)
    ask({"words": "cat"}, {"words": "dog"})
    (run,) = work_off()
    assert (run.state, words.asked, Suggestion.objects.count()) == ("cancelled", ["cat"], 0)


def test_an_image_deleted_meanwhile_and_a_label_deleted_meanwhile_harm_nothing(
    world: World, dog: Label, ask: Api, api: Api, work_off: WorkOff
) -> None:
    gone = make_image(world.project, "b.png")
    ask({"words": "dog", "label": str(dog.pk)}, images=[str(world.image.pk), str(gone.pk)])
    assert api("delete", f"labels/{dog.pk}/", None, world.alice)[0] == 204
    assert api("delete", f"images/{gone.pk}/", None, world.alice)[0] == 204
    (run,) = work_off()
    assert run.state == "succeeded", run.error
    assert rows() == [(DOG, 0.8, None), (SMALL_DOG, 0.4, None)]


def test_a_model_that_is_removed_before_the_run_begins_is_a_sentence(
    model: ModelVersion, ask: Api, work_off: WorkOff
) -> None:
    ask({"words": "cat"})
    services.remove(model)
    (run,) = work_off()
    assert "was removed before this run began" in run.error


def test_it_stays_while_suggestions_name_it(model: ModelVersion, ask: Api, work_off: WorkOff) -> None:
    ask({"words": "cat"})
    work_off()
    with pytest.raises(Conflict, match="1 suggestion"):
        services.remove(model)


def test_asking_the_same_twice_while_it_waits_is_one_run(ask: Api) -> None:
    first, second = ask({"words": "cat"})[1], ask({"words": "cat"})[1]
    assert first["id"] == second["id"]
    assert lease.claim(Run.objects.get().pk) is not None


def test_one_model_serves_all_images_and_steps_back_for_who_waits(
    world: World, ask: Api, api: Api, words: KnownWords, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:  # fmt: skip
    """Larger than what stays loaded: it is loaded once a start, not once an image."""
    settings.MODEL_MEMORY_MB = 0
    loaded: list[str] = []
    monkeypatch.setattr(lending, "load_in_words", lambda version: [words, loaded.append(version.name)][0])
    others = [make_image(world.project, f"{name}.png") for name in "bc"]
    find, seen = KnownWords.find, []

    def waits(self: KnownWords, *args: Any, **values: Any) -> Any:
        seen.append(args[1].words)
        if len(seen) == 1:
            assert api("post", f"images/{others[1].pk}/words/", {"phrases": [{"words": "dog"}]})[0] == 202
        return find(self, *args, **values)

    monkeypatch.setattr(KnownWords, "find", waits)
    run = ask({"words": "cat"})[1]["id"]
    first = lease.claim(uuid.UUID(run))
    worker.work(first)
    assert Run.objects.get(pk=run).state == "queued"
    work = lease.claim_next(uuid.UUID(run))
    assert work is not None
    assert work.subject == others[1].pk  # whoever waits comes first
    worker.work(work)
    work_off()
    assert seen == ["cat", "dog", "cat", "cat"]
    assert len(loaded) == 3
    assert Run.objects.get(pk=run).result["images"] == 3

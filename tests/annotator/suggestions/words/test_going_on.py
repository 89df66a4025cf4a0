"""Runs of words that are cut, cancelled, repeated or overtaken."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from annotator.inference import lending, services
from annotator.inference.models import ModelVersion
from annotator.lib.errors import Conflict
from annotator.projects.models import Label
from annotator.runs import lease, worker
from annotator.runs.models import Run
from annotator.suggestions.models import Suggestion
from annotator.suggestions.words import store
from tests.annotator.known_words import KnownWords
from tests.annotator.suggestions.words.conftest import DOG, SMALL_DOG, Api, WorkOff, rows
from tests.annotator.world import World, make_image


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

"""Models are lent to one at a time per purpose, and what is kept loaded stays within its memory."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.inference import lending
from annotator.inference.lending import Purpose, Shelf
from annotator.inference.models import ModelVersion

PATIENCE = 20.0


def model(name: str, size: int = 10) -> ModelVersion:
    return ModelVersion(name=name, sha256=name, files={"decode.onnx": {"sha256": name, "bytes": size}})


class Loads:
    """Makes a predictor and remembers for whom."""

    def __init__(self) -> None:
        self.made: list[tuple[str, Purpose]] = []

    def __call__(self, version: ModelVersion, purpose: Purpose) -> Any:
        self.made.append((version.sha256, purpose))
        return SimpleNamespace(of=(version.sha256, purpose))


def shelf(limit: int, loads: Any = None) -> Any:
    return Shelf(loads or Loads(), lambda: limit)


def test_what_was_given_back_is_lent_again_without_loading() -> None:
    loads = Loads()
    kept = shelf(100, loads)
    with kept.borrow(model("a"), Purpose.SEARCH) as first:
        pass
    with kept.borrow(model("a"), Purpose.SEARCH) as second:
        assert second is first
    assert loads.made == [("a", Purpose.SEARCH)]


def test_each_purpose_has_its_own() -> None:
    kept = shelf(100)
    with kept.borrow(model("a"), Purpose.SEARCH) as one, kept.borrow(model("a"), Purpose.ENCODE) as other:
        assert one is not other


def test_the_one_nobody_used_for_longest_goes_first() -> None:
    kept = shelf(30)
    for name in ("a", "b", "c", "a", "d"):
        with kept.borrow(model(name), Purpose.ENCODE):
            pass
    assert [name for name, _ in kept.loaded()] == ["c", "a", "d"]


def test_room_is_made_before_a_model_is_loaded() -> None:
    seen: list[list[str]] = []

    def load(version: ModelVersion, purpose: Purpose) -> Any:
        seen.append([name for name, _ in kept.loaded()])
        return object()

    kept = shelf(20, load)
    for name in ("a", "b", "c"):
        with kept.borrow(model(name), Purpose.ENCODE):
            pass
    assert seen == [[], ["a"], ["b"]]


def test_what_somebody_has_is_not_taken_away_and_one_too_large_does_not_stay() -> None:
    kept = shelf(15)
    with kept.borrow(model("a"), Purpose.SEARCH):
        with kept.borrow(model("huge", 1000), Purpose.ENCODE):
            assert [name for name, _ in kept.loaded()] == ["a", "huge"]
        assert [name for name, _ in kept.loaded()] == ["a"]
        kept.forget_idle()
        assert [name for name, _ in kept.loaded()] == ["a"]
    kept.forget_idle()
    assert kept.loaded() == []


def test_a_model_that_cannot_be_loaded_leaves_nothing_behind_and_is_tried_again() -> None:
    answers: list[Any] = [ValueError("broken"), "whole"]

    def load(version: ModelVersion, purpose: Purpose) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = shelf(100, load)
    with pytest.raises(ValueError, match="broken"), kept.borrow(model("a"), Purpose.ENCODE):
        pass
    assert kept.loaded() == []
    with kept.borrow(model("a"), Purpose.ENCODE) as predictor:
        assert predictor == "whole"


def test_work_that_fails_gives_its_model_back() -> None:
    kept = shelf(100)
    with pytest.raises(ZeroDivisionError), kept.borrow(model("a"), Purpose.ENCODE):
        raise ZeroDivisionError
    with kept.borrow(model("a"), Purpose.ENCODE):
        pass
    kept.forget_idle()
    assert kept.loaded() == []


def test_while_one_is_loaded_for_a_search_another_is_lent_for_encoding() -> None:
    loading, go_on = threading.Event(), threading.Event()

    def load(version: ModelVersion, purpose: Purpose) -> Any:
        if purpose is Purpose.SEARCH:
            loading.set()
            assert go_on.wait(PATIENCE)
        return purpose

    kept = shelf(100, load)

    def search() -> None:
        with kept.borrow(model("a"), Purpose.SEARCH):
            pass

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(search)
        assert loading.wait(PATIENCE)
        with kept.borrow(model("a"), Purpose.ENCODE) as predictor:
            assert predictor is Purpose.ENCODE
            assert not waiting.done()
        go_on.set()
        waiting.result(PATIENCE)


def test_no_two_threads_ever_have_the_same_predictor() -> None:
    has: dict[int, int] = {}
    counting = threading.Lock()
    together: list[int] = []
    kept = shelf(25)

    def work(number: int) -> None:
        version, purpose = model("abc"[number % 3]), list(Purpose)[number % 2]
        with kept.borrow(version, purpose) as predictor:
            with counting:
                has[id(predictor)] = has.get(id(predictor), 0) + 1
                together.append(has[id(predictor)])
            assert predictor.of == (version.sha256, purpose)
            with counting:
                has[id(predictor)] -= 1

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(400)))
    assert set(together) == {1}


def test_a_held_one_stays_between_borrowings_however_large_and_goes_when_the_run_ends() -> None:
    loads = Loads()
    kept = shelf(15, loads)
    with kept.hold(model("huge", 1000), Purpose.SEARCH):
        assert loads.made == []  # nothing is loaded before somebody needs it
        for _ in range(3):
            with kept.borrow(model("huge", 1000), Purpose.SEARCH):
                pass
            with kept.borrow(model("a"), Purpose.ENCODE):
                pass
        # What is beside it has the room that is left: none.
        assert [name for name, _ in kept.loaded()] == ["huge"]
    assert loads.made.count(("huge", Purpose.SEARCH)) == 1
    assert kept.loaded() == []


def test_another_one_for_the_same_purpose_takes_the_place_of_a_held_one_that_leaves_no_room() -> None:
    seen: list[list[str]] = []

    def load(version: ModelVersion, purpose: Purpose) -> Any:
        seen.append([name for name, _ in kept.loaded()])
        return object()

    kept = shelf(15, load)
    with kept.hold(model("huge", 1000), Purpose.SEARCH), kept.hold(model("vast", 2000), Purpose.SEARCH):
        for name, size in (("huge", 1000), ("vast", 2000), ("huge", 1000)):
            with kept.borrow(model(name, size), Purpose.SEARCH):
                pass
            assert [one for one, _ in kept.loaded()] == [name]
    assert seen == [[], [], []]


def test_two_runs_that_hold_the_same_one_both_have_to_end() -> None:
    kept = shelf(15)
    with kept.hold(model("huge", 1000), Purpose.SEARCH):
        with kept.hold(model("huge", 1000), Purpose.SEARCH), kept.borrow(model("huge", 1000), Purpose.SEARCH):
            pass
        assert [name for name, _ in kept.loaded()] == ["huge"]
    assert kept.loaded() == []


STEPS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(list(Purpose))), max_size=40)
SIZES = st.fixed_dictionaries({name: st.integers(0, 40) for name in "abcdef"})


@given(STEPS, SIZES, st.integers(0, 100))
def test_idle_models_never_take_more_than_their_memory(
    steps: list[tuple[str, Purpose]], sizes: dict[str, int], limit: int
) -> None:
    kept = shelf(limit)
    for name, purpose in steps:
        with kept.borrow(model(name, sizes[name]), purpose):
            others = sum(sizes[one] for one, _ in kept.loaded()) - sizes[name]
            assert others + sizes[name] <= max(limit, sizes[name])
        assert sum(sizes[one] for one, _ in kept.loaded()) <= limit


def test_the_installation_s_settings_reach_the_predictor(
    tiny: ModelVersion, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(lending, "Predictor", lambda package, **given: made.append(given))
    settings.ENCODER_THREADS, settings.ENCODER_COMPILED = 3, True
    for purpose in (Purpose.ENCODE, Purpose.SEARCH):
        lending.load(tiny, purpose)
    assert made == [{"threads": 3, "compiled": True}, {"threads": 3, "compiled": False}]

"""One person's work of a time, undone in a project: seen before, one act, and what others did since stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from annotator.annotations.models import Annotation
from annotator.history import plans
from annotator.history.acting import undo_on
from annotator.history.models import Act, Step
from annotator.history.runner import UndoRunner
from annotator.projects import bins
from annotator.projects.models import Image
from annotator.runs.models import Run
from tests.annotator.annotations.conftest import make_image, make_mask
from tests.annotator.history.conftest import HOUR, Work, earlier, standing
from tests.annotator.reviews.conftest import Place

NUMBERS = ("added", "changed", "removed", "kept", "images")


def numbers(outcome: dict[str, Any]) -> list[int]:
    return [outcome[name] for name in NUMBERS]


def test_what_was_made_goes_what_was_changed_and_deleted_comes_back(place: Place, work: Work) -> None:
    second = make_image(place.project, "b.jpg")
    changed, deleted, kept = (place.add(place.dana, rle=make_mask(x, 3)) for x in (1, 15, 30))
    other = place.add(place.dana, second)
    earlier()
    before = standing(place.image), standing(second)
    row = place.change(place.bob, changed, rle=make_mask(2, 2), attributes={"fur": "short"})
    place.change(place.bob, row, label=None)
    place.bob.send("delete", f"annotations/{deleted['id']}/?revision=1")
    place.change(place.dana, kept, label=None)
    place.add(place.bob)
    place.add(place.bob, second)
    after = standing(place.image), standing(second)
    before[0][kept["id"]] = after[0][kept["id"]]
    body = work.of(place.bob)
    assert numbers(work.look(body)) == [1, 1, 2, 0, 2]
    assert (standing(place.image), standing(second)) == after, "a look changes nothing"
    act = work.undo(body)
    assert numbers(act["result"]) == [1, 1, 2, 0, 2]
    assert (standing(place.image), standing(second)) == before
    assert Annotation.objects.get(pk=other["id"]).revision == 1
    assert numbers(work.look(body)) == [0, 0, 0, 4, 0], "by now Alice was the last who worked on them"
    back = work.back(act)
    assert (standing(place.image), standing(second)) == after
    assert (numbers(back["restored"]), bool(back["undone"])) == ([2, 1, 1, 0, 2], True)
    texts = [row["text"] for row in place.alice.get(f"projects/{place.project.pk}/log/")["results"]]
    assert texts[0].startswith("What Bob had done from ")
    assert " UTC was undone on 2 images: 2 objects removed, 1 object brought back, 1 object changed." in texts[1]


def test_what_others_have_worked_on_since_is_kept_and_named(place: Place, work: Work) -> None:
    mended, between = place.add(place.bob), place.add(place.bob)
    place.change(place.dana, mended, rle=make_mask(3, 3))
    row = place.change(place.rita, between, label=None)
    place.change(place.bob, row, rle=make_mask(9, 9))
    hers = standing(place.image)[mended["id"]]
    body = work.of(place.bob)
    seen = work.look(body)
    assert numbers(seen) == [0, 1, 0, 2, 1]
    assert seen["listed"] == [{"image": str(place.image.pk), "name": "a.jpg", "objects": 2, "people": ["Dana", "Rita"]}]
    assert numbers(work.undo(body)["result"]) == [0, 1, 0, 2, 1]
    now = standing(place.image)
    assert now[mended["id"]] == hers
    assert now[between["id"]][0] == make_mask(), "back to what Rita left"
    assert now[between["id"]][3] is None


def test_bringing_back_keeps_what_was_worked_on_since(place: Place, work: Work) -> None:
    one, two = place.add(place.bob), place.add(place.bob)
    act = work.undo(work.of(place.bob))
    row = place.dana.does(f"annotations/{one['id']}/restore/", {"revision": 2})
    place.change(place.dana, row, rle=make_mask(1, 1, 3, 3))
    hers = standing(place.image)[one["id"]]
    assert numbers(work.back(act)["restored"]) == [1, 0, 0, 1, 1]
    assert standing(place.image)[one["id"]] == hers
    assert set(standing(place.image)) == {one["id"], two["id"]}
    assert place.alice.post(f"history/{act['id']}/undo/")[1]["code"] == "already_undone"


def test_only_the_time_that_was_named_counts(place: Place, work: Work) -> None:
    row = place.add(place.bob)
    earlier(by=2 * HOUR)
    place.change(place.bob, row, rle=make_mask(1, 1))
    now = timezone.now()
    early = work.of(place.bob, now - 3 * HOUR, now - HOUR)
    assert numbers(work.look(early)) == [0, 0, 0, 1, 0], "Bob himself has worked on it later"
    assert work.look(early)["listed"][0]["people"] == ["Bob"]
    assert numbers(work.look(work.of(place.bob))) == [0, 1, 0, 0, 1]
    work.undo(work.of(place.bob))
    assert standing(place.image)[row["id"]][0] == make_mask()


def test_accepted_images_are_counted_and_go_back_to_review(place: Place, work: Work) -> None:
    place.add(place.bob)
    place.done(place.bob)
    place.accept(place.dana)
    assert work.look(work.of(place.bob))["accepted"] == 1
    assert work.undo(work.of(place.bob))["result"]["accepted"] == 1
    assert place.now() == ("done", "waiting")


def test_images_in_the_bin_stay_as_they_are(place: Place, work: Work) -> None:
    second = make_image(place.project, "b.jpg")
    place.add(place.bob)
    place.add(place.bob, second)
    bins.put(second)
    assert [work.look(work.of(place.bob))[name] for name in ("images", "in_bin")] == [1, 1]
    assert [work.undo(work.of(place.bob))["result"][name] for name in ("images", "in_bin")] == [1, 1]
    assert Annotation.objects.get(image=second).deleted_at is None


def test_what_makes_no_sense_is_a_sentence(place: Place, work: Work) -> None:
    now = timezone.now()
    status, body = place.alice.post(work.path, work.of(place.rita))
    assert (status, body["code"]) == (400, "nothing_to_undo")
    status, body = place.alice.post(work.path, work.of(place.bob, now, now))
    assert (status, body["fields"]["until"]) == (400, ["The end lies before the beginning. Choose a later end."])
    place.add(place.bob)
    place.alice.does(work.path, work.of(place.bob))
    assert place.alice.post(work.path, work.of(place.bob))[1]["code"] == "history_busy"
    assert place.dana.post(work.path, work.of(place.bob))[0] == 403


def test_a_run_that_is_started_again_goes_on_and_counts_everything_once(
    place: Place, work: Work, work_off: Callable[[], list[Run]], monkeypatch: Any
) -> None:
    images = [place.image, *(make_image(place.project, f"{name}.jpg") for name in "bcd")]
    for image in images:
        place.add(place.bob, image)
    act = place.alice.does(work.path, work.of(place.bob))
    left = [2]

    def dies(*args: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise RuntimeError("the machine went off")
        return undo_on(*args)

    monkeypatch.setattr("annotator.history.runner.undo_on", dies)
    work_off()
    monkeypatch.setattr("annotator.history.runner.undo_on", undo_on)
    assert Step.objects.count() == 2
    place.alice.does(f"runs/{act['run']['id']}/retry/")
    done = work.finished(act)
    assert numbers(done["result"]) == [0, 0, 4, 0, 4]
    assert [standing(image) for image in images] == [{}] * 4
    assert Image.objects.filter(object_count=0).count() == 4
    assert work.back(done)["restored"]["added"] == 4


def test_who_manages_no_more_undoes_nothing(place: Place, work: Work, work_off: Callable[[], list[Run]]) -> None:
    row = place.add(place.bob)
    place.alice.does(work.path, work.of(place.bob))
    place.alice.user.memberships.update(role="viewer")
    (run,) = work_off()
    assert (run.state, run.error) == ("failed", "Whoever asked for this does not manage the project any more.")
    assert set(standing(place.image)) == {row["id"]}
    assert UndoRunner.kind == "undo_work"
    assert Act.objects.get().result == {}


@pytest.mark.parametrize(
    ("most", "most_images", "answers"), [(1, 100, 5), (2, 100, 3), (4, 100, 2), (100, 2, 3), (100, 5, 1), (100, 4, 2)]
)
def test_a_long_dry_run_comes_in_parts_whose_sum_is_what_undoing_does(
    place: Place, work: Work, monkeypatch: pytest.MonkeyPatch, most: int, most_images: int, answers: int
) -> None:
    images = [place.image, *(make_image(place.project, f"{n}.jpg") for n in range(5))]
    theirs = [place.add(place.bob, image) for image in images[:4]]
    place.change(place.dana, theirs[0], label=None)
    place.add(place.bob, images[4])
    place.add(place.dana, images[5])
    bins.put(images[3], place.alice.user)
    body = work.of(place.bob)
    monkeypatch.setattr(plans, "CHUNK", 1)
    whole = work.look(body)
    monkeypatch.setattr(plans, "MOST", most)
    monkeypatch.setattr(plans, "MOST_IMAGES", most_images)
    parts = work.looks(body)
    assert len(parts) in (answers, answers - 1), "of an image in the bin nothing is looked at"
    for name in (*NUMBERS, "in_bin", "accepted"):
        assert sum(part[name] for part in parts) == whole[name], name
    assert sorted(row["image"] for part in parts for row in part["listed"]) == [str(images[0].pk)]
    assert numbers(work.undo(body)["result"]) == numbers(whole)

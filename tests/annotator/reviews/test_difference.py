"""What changed since the submission, or since it came back: added, removed, changed, and how much."""

from __future__ import annotations

import pytest

from annotator.projects.models import Label
from tests.annotator.annotations.conftest import make_mask
from tests.annotator.reviews.conftest import Place


def found(place: Place, since: str = "") -> dict[str, dict]:
    query = f"?since={since}" if since else ""
    body = place.dana.get(f"images/{place.image.pk}/review/difference/{query}")
    place.since = body["since"]
    return {row["id"]: row for row in body["results"]}


def test_at_first_everything_is_new_since_nothing_was_submitted_before(submitted: Place) -> None:
    assert found(submitted) == {}
    assert submitted.since == "submission"


def test_since_it_came_back_added_removed_and_changed_are_told_apart(submitted: Place) -> None:
    gone = submitted.add(submitted.bob, rle=make_mask(x=30))
    submitted.send_back(submitted.dana)
    changed = submitted.change(submitted.bob, submitted.row, rle=make_mask(x=10))
    assert submitted.bob.send("delete", f"annotations/{gone['id']}/?revision=1")[0] == 204
    new = submitted.add(submitted.bob, rle=make_mask(x=45))
    submitted.done(submitted.bob)
    rows = found(submitted)
    assert {key: row["change"] for key, row in rows.items()} == {
        changed["id"]: "changed", gone["id"]: "removed", new["id"]: "added",
    }  # fmt: skip
    one = rows[changed["id"]]
    assert (one["fields"], one["people"]) == (["mask"], ["Bob"])
    assert one["iou"] == pytest.approx(50 / 150)
    assert (one["before"]["bbox"], one["after"]["bbox"]) == ([5, 5, 10, 10], [10, 5, 10, 10])
    assert one["before"]["rle"] == make_mask()
    assert (rows[gone["id"]]["after"], rows[new["id"]]["before"]) == (None, None)
    assert found(submitted, "submission") == {}


def test_what_the_reviewer_mended_is_seen_since_the_submission(submitted: Place) -> None:
    submitted.change(submitted.dana, submitted.row, label=None, attributes={"tail": True})
    [one] = found(submitted, "submission").values()
    assert (one["fields"], one["iou"], one["people"]) == (["attributes", "label"], None, ["Dana"])
    assert (one["before"]["label"], one["after"]["label"]) == (str(submitted.cat.pk), None)


def test_what_says_nothing_of_the_work_is_no_difference(submitted: Place) -> None:
    row = submitted.change(submitted.bob, submitted.row, hidden=True, seconds=99.0)
    submitted.change(submitted.bob, row, locked=True)
    submitted.accept(submitted.dana)
    assert found(submitted, "submission") == {}
    assert found(submitted, "decision") == {}


def test_what_came_and_went_meanwhile_is_none_and_what_is_back_as_it_was_neither(submitted: Place) -> None:
    made = submitted.add(submitted.bob, rle=make_mask(x=30))
    submitted.bob.send("delete", f"annotations/{made['id']}/?revision=1")
    row = submitted.change(submitted.bob, submitted.row, rle=make_mask(x=10))
    submitted.change(submitted.bob, row, rle=make_mask())
    assert found(submitted) == {}


def test_a_label_merged_away_is_a_change_of_the_label(submitted: Place) -> None:
    lynx = Label.objects.create(project=submitted.project, name="lynx", color="#00ff00")
    submitted.alice.does(f"labels/{submitted.cat.pk}/merge/", {"into": str(lynx.pk)})
    [one] = found(submitted).values()
    assert (one["fields"], one["after"]["label"]) == (["label"], str(lynx.pk))


def test_nothing_to_begin_with_is_a_sentence(submitted: Place) -> None:
    status, body = submitted.dana.send("get", f"images/{submitted.image.pk}/review/difference/?since=ever")
    assert (status, body["code"]) == (400, "invalid")

"""Comments: on the image, a place or an object; answered, settled, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from annotator.annotations.models import Annotation
from annotator.reviews import discussion
from annotator.reviews.models import Thread
from tests.annotator.reviews.conftest import Person, Place


def begin(place: Place, person: Person, **body: object) -> dict:
    made: dict = person.does(f"images/{place.image.pk}/threads/", {"text": "Look here."} | body)
    return made


def listed(place: Place) -> list[dict]:
    rows: list[dict] = place.vera.get(f"images/{place.image.pk}/threads/")["results"]
    return rows


def test_a_talk_about_a_place_is_answered_and_settled(place: Place) -> None:
    thread = begin(place, place.dana, x=12.5, y=30)
    assert (thread["x"], thread["y"], thread["annotation"]) == (12.5, 30.0, None)
    place.bob.does(f"threads/{thread['id']}/comments/", {"text": "Done."})
    [row] = listed(place)
    assert [(one["author"]["name"], one["text"]) for one in row["comments"]] == [
        ("Dana", "Look here."), ("Bob", "Done."),
    ]  # fmt: skip
    status, row = place.dana.send("patch", f"threads/{thread['id']}/", {"resolved": True})
    assert (status, row["resolved_by"]["name"]) == (200, "Dana")
    answered = place.bob.does(f"threads/{thread['id']}/comments/", {"text": "Wait."})
    assert answered["resolved_at"] is None, "an answer opens it again"


def test_a_talk_about_an_object_stays_when_the_object_goes(submitted: Place) -> None:
    begin(submitted, submitted.dana, annotation=submitted.row["id"])
    submitted.bob.send("delete", f"annotations/{submitted.row['id']}/?revision=1")
    [row] = listed(submitted)
    assert (row["annotation"], row["annotation_deleted"]) == (submitted.row["id"], True)
    Annotation.objects.all().delete()
    [row] = listed(submitted)
    assert (row["annotation"], row["annotation_deleted"]) == (None, False)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"x": 61, "y": 2}, "outside"),
        ({"x": -1, "y": 2}, "outside"),
        ({"x": 5}, "invalid"),
        ({"x": "5", "y": 5}, "invalid"),
        ({"text": " "}, "invalid"),
        ({"text": "a" * 4001}, "invalid"),
        ({"annotation": "00000000-0000-4000-8000-000000000000"}, "unknown_object"),
        ({"colour": "red"}, "invalid"),
    ],
)
def test_what_makes_no_sense_is_a_sentence(place: Place, body: dict, code: str) -> None:
    status, answer = place.bob.post(f"images/{place.image.pk}/threads/", {"text": "Look here."} | body)
    assert (status, answer["code"]) == (400, code)
    assert not Thread.objects.exists()


def test_members_are_mentioned_by_name_and_nobody_else(place: Place) -> None:
    Person("olga", place.project, None)
    thread = begin(place, place.dana, text="@Bob, @rita and @olga: see a@bob.example, @nobody, again @bob.")
    assert [one["name"] for one in thread["comments"][0]["mentions"]] == ["Bob", "Rita"]


def test_ones_own_words_are_taken_back_and_a_manager_takes_back_anybodys(place: Place) -> None:
    thread = begin(place, place.bob)
    answer = place.dana.does(f"threads/{thread['id']}/comments/", {"text": "No."})["comments"][1]
    status, body = place.bob.send("delete", f"comments/{answer['id']}/")
    assert (status, body["code"]) == (403, "permission_denied")
    assert place.dana.send("delete", f"comments/{answer['id']}/")[0] == 204
    assert len(listed(place)[0]["comments"]) == 1
    assert place.alice.send("delete", f"comments/{thread['comments'][0]['id']}/")[0] == 204
    assert listed(place) == []


def test_an_image_holds_so_many_talks(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discussion, "MOST", 1)
    begin(place, place.bob)
    status, body = place.bob.post(f"images/{place.image.pk}/threads/", {"text": "More."})
    assert (status, body["code"]) == (409, "too_many")


def test_a_long_talk_takes_no_more_queries(place: Place, at_most: Any) -> None:
    for _ in range(6):
        thread = begin(place, place.bob)
        place.dana.does(f"threads/{thread['id']}/comments/", {"text": "@bob"})
    with at_most(9):
        assert len(listed(place)) == 6

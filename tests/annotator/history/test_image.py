"""The life of an image, and putting it back to any time of it."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.annotations.models import Annotation, Revision
from annotator.annotations.services import create, delete, restore, update
from annotator.projects import bins
from annotator.projects.models import Image, Label
from annotator.reviews.models import Worker
from tests.annotator.annotations.conftest import make_mask
from tests.annotator.history.conftest import earlier, standing
from tests.annotator.reviews.conftest import Person, Place

NUMBERS = ("added", "changed", "removed", "unlabelled")


def history(place: Place, query: str = "") -> dict[str, Any]:
    return place.bob.get(f"images/{place.image.pk}/history/{query}")


def look(place: Place, query: str) -> dict[str, Any]:
    return place.bob.get(f"images/{place.image.pk}/history/look/?{query}")


def put_back(place: Place, seq: int, person: Person | None = None, seen: int | None = None) -> tuple[int, Any]:
    now = Image.objects.get(pk=place.image.pk).annotation_seq
    who = person or place.bob
    return who.post(f"images/{place.image.pk}/history/restore/", {"seq": seq, "seen": now if seen is None else seen})


def test_moments_are_one_person_s_work_without_a_long_pause(place: Place) -> None:
    first = place.add(place.bob)
    earlier(by=timedelta(minutes=3))
    place.add(place.bob)
    earlier(by=timedelta(minutes=30))
    place.change(place.dana, first, label=None)
    place.bob.send("delete", f"annotations/{first['id']}/?revision=2")
    found = history(place)
    told = [(row["actor"]["name"], row["first"], row["seq"], row["created"], row["changed"], row["deleted"])
            for row in found["results"]]  # fmt: skip
    assert told == [("Bob", 4, 4, 0, 0, 1), ("Dana", 3, 3, 0, 1, 0), ("Bob", 1, 2, 2, 0, 0)]
    assert (found["seq"], found["more"]) == (4, False)
    assert [row["seq"] for row in history(place, "?before=3")["results"]] == [2]


def test_all_objects_stand_as_they_stood_and_undoing_brings_them_to_where_they_were(place: Place) -> None:
    kept, moved, gone = (place.add(place.bob, rle=make_mask(x, 2)) for x in (1, 15, 30))
    then = standing(place.image)
    seq = Image.objects.get(pk=place.image.pk).annotation_seq
    place.change(place.bob, moved, rle=make_mask(20, 20, 4, 4), attributes={"fur": "long"}, label=None)
    place.bob.send("delete", f"annotations/{gone['id']}/?revision=1")
    new = place.add(place.dana)
    before = standing(place.image)
    seen = look(place, f"seq={seq}")
    assert [seen[name] for name in NUMBERS] == [1, 1, 1, 0]
    assert {row["id"]: row["change"] for row in seen["objects"]} == {
        moved["id"]: "changed", gone["id"]: "added", new["id"]: "removed",
    }  # fmt: skip
    assert standing(place.image) == before, "a look changes nothing"
    status, act = put_back(place, seq)
    assert status == 201, act
    assert standing(place.image) == then
    assert [act["result"][name] for name in NUMBERS] == [1, 1, 1, 0]
    assert Annotation.objects.get(pk=kept["id"]).revision == 1
    undone = place.bob.does(f"history/{act['id']}/undo/")
    assert standing(place.image) == before
    assert undone["undone"]
    assert place.bob.post(f"history/{act['id']}/undo/")[1]["code"] == "already_undone"
    texts = [row["text"] for row in place.alice.get(f"projects/{place.project.pk}/log/")["results"]]
    moves = "1 object removed, 1 object brought back, 1 object changed."
    assert texts[0] == f"That {place.image.name} was put back was undone: {moves}"
    assert texts[1].startswith(f"{place.image.name} was put back to how it was at ")
    assert texts[1].endswith(f" UTC: {moves}")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_history_goes_back_to_any_of_its_times(place: Place, seed: int) -> None:
    """An oracle of its own: what stood there is written down after each change."""
    chance, people = random.Random(seed), (place.bob.user, place.dana.user)
    stood = {0: standing(place.image)}
    for _ in range(14):
        rows, who = list(Annotation.objects.filter(image=place.image)), chance.choice(people)
        row = chance.choice(rows) if rows and chance.random() < 0.7 else None
        mask = make_mask(chance.randrange(20), chance.randrange(20))
        if row is None:
            create(place.image, who, None, {"rle": mask})
        elif row.deleted_at:
            restore(place.image, who, row.pk, row.revision)
        elif chance.random() < 0.4:
            delete(place.image, who, row.pk, row.revision)
        else:
            label = chance.choice([None, place.cat.pk])
            update(place.image, who, row.pk, row.revision, {"rle": mask, "label": label})
        stood[Image.objects.get(pk=place.image.pk).annotation_seq] = standing(place.image)
    for seq in chance.sample(sorted(stood), 5):
        status, act = put_back(place, seq)
        assert status == 201 or act["code"] == "is_so_already"
        assert standing(place.image) == stood[seq], seq
        stood[Image.objects.get(pk=place.image.pk).annotation_seq] = standing(place.image)


def test_a_moment_is_named_by_its_time_as_well(place: Place) -> None:
    place.add(place.bob)
    earlier()
    place.add(place.bob)
    at = (timezone.now() - timedelta(minutes=30)).isoformat().replace("+", "%2B")
    assert look(place, f"at={at}")["seq"] == 1
    assert look(place, "at=2001-01-01T00:00:00Z")["removed"] == 2, "before its first object it was empty"


def test_what_makes_no_sense_is_a_sentence(place: Place) -> None:
    place.add(place.bob)
    path = f"images/{place.image.pk}/history/"
    assert place.bob.send("get", f"{path}look/")[0] == 400
    assert place.bob.send("get", f"{path}look/?seq=9")[1]["code"] == "no_such_time"
    assert put_back(place, 9)[1]["code"] == "no_such_time"
    assert put_back(place, 1)[1]["code"] == "is_so_already"
    assert put_back(place, 0, seen=0)[1]["code"] == "changed_meanwhile"
    assert standing(place.image)


def test_undoing_keeps_what_somebody_has_worked_on_since(place: Place) -> None:
    one, two = place.add(place.bob), place.add(place.bob)
    act = put_back(place, 0)[1]
    row = place.dana.does(f"annotations/{one['id']}/restore/", {"revision": 2})
    place.change(place.dana, row, label=None)
    undone = place.bob.does(f"history/{act['id']}/undo/")
    assert (undone["restored"]["added"], undone["restored"]["kept"]) == (1, 1)
    assert undone["restored"]["listed"][0]["people"] == ["Dana"]
    assert set(standing(place.image)) == {one["id"], two["id"]}
    assert Annotation.objects.get(pk=one["id"]).label_id is None


def test_a_label_that_was_merged_meanwhile_is_found_and_one_that_is_gone_is_told(place: Place) -> None:
    dog = Label.objects.create(project=place.project, name="dog", color="#00ff00")
    ant = Label.objects.create(project=place.project, name="ant", color="#0000ff")
    cat, other = place.add(place.bob), place.add(place.bob, label=str(ant.pk))
    for row in (cat, other):
        place.bob.send("delete", f"annotations/{row['id']}/?revision=1")
    place.alice.does(f"labels/{place.cat.pk}/merge/", {"into": str(dog.pk)})
    place.alice.send("delete", f"labels/{ant.pk}/")
    assert look(place, "seq=2")["unlabelled"] == 1
    assert put_back(place, 2)[1]["result"]["unlabelled"] == 1
    assert {str(row.pk): row.label for row in Annotation.objects.all()} == {cat["id"]: dog, other["id"]: None}


def test_an_accepted_image_goes_back_to_review_and_is_nobody_s_new_work(place: Place) -> None:
    row = place.add(place.bob)
    place.change(place.bob, row, rle=make_mask(1, 1))
    place.done(place.bob)
    place.accept(place.dana)
    assert put_back(place, 1, place.rita)[0] == 201
    assert place.now() == ("done", "waiting")
    assert Annotation.objects.get(pk=row["id"]).status == "open"
    assert set(Worker.objects.values_list("user__username", flat=True)) == {"bob"}
    place.accept(place.rita)


def test_of_an_image_in_the_bin_nothing_is_put_back(place: Place) -> None:
    place.add(place.bob)
    act = put_back(place, 0)[1]
    bins.put(place.image)
    assert place.bob.post(f"history/{act['id']}/undo/")[0] == 404
    assert put_back_gone(place) == 404


def put_back_gone(place: Place) -> int:
    return place.bob.post(f"images/{place.image.pk}/history/restore/", {"seq": 0, "seen": 1})[0]


def test_a_list_of_moments_is_asked_for_in_a_few_queries(place: Place, django_assert_max_num_queries: Any) -> None:
    for person in (place.bob, place.dana, place.rita):
        place.add(person)
    with django_assert_max_num_queries(6):
        history(place)
    assert Revision.objects.filter(put_back=True).count() == 0

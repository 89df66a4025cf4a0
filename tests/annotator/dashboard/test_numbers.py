"""What was done is counted for who did it, once, on its day, and told to who may see it."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotator.accounts.models import User
from annotator.annotations.models import Revision
from annotator.dashboard.models import Ledger, Tally
from annotator.dashboard.tally import catch_up, count
from annotator.projects.models import Label, Project
from tests.annotator.annotations.conftest import make_image, make_mask
from tests.annotator.reviews.conftest import Person, Place

Ask = Callable[..., dict[str, Any]]


def of(body: dict[str, Any], person: Person) -> dict[str, Any]:
    return next(row for row in body["people"] if row["person"] and row["person"]["id"] == str(person.user.pk))


def test_masks_time_and_clicks_count_for_who_made_them(harbour: Place, numbers: Ask) -> None:
    harbour.add(harbour.bob, seconds=10.0, clicks=2)
    harbour.add(harbour.bob, seconds=20.0, clicks=4)
    harbour.add(harbour.beth, seconds=5.0, clicks=1)
    body = numbers(harbour.alice)
    bob = of(body, harbour.bob)
    assert (bob["made"], bob["seconds"], bob["clicks"]) == (2, 30.0, 6)
    assert (bob["seconds_per_mask"], bob["clicks_per_mask"]) == (15.0, 3.0)
    assert of(body, harbour.beth)["seconds"] == 5.0
    [cat] = body["labels"]
    assert (cat["label"]["name"], cat["made"], cat["seconds"]) == ("cat", 3, 35.0)
    assert (body["days"][-1]["made"], body["days"][-2]["made"]) == (3, 0)


def test_a_correction_counts_for_who_made_it_by_what_it_added(harbour: Place, numbers: Ask) -> None:
    row = harbour.add(harbour.bob, seconds=10.0, clicks=2)
    row = harbour.change(harbour.dana, row, rle=make_mask(x=20), seconds=14.0, clicks=3)
    row = harbour.change(harbour.dana, row, hidden=True)
    row = harbour.change(harbour.dana, row, seconds=15.0, clicks=3)
    harbour.change(harbour.bob, row, seconds=1.0)
    body = numbers(harbour.alice)
    bob, dana = of(body, harbour.bob), of(body, harbour.dana)
    assert (bob["made"], bob["seconds"], bob["clicks"]) == (1, 10.0, 2)
    assert (dana["made"], dana["seconds"], dana["clicks"]) == (0, 5.0, 1)
    assert dana["seconds_per_mask"] is None


def test_masks_without_time_of_their_own_do_not_make_the_others_look_quick(harbour: Place, numbers: Ask) -> None:
    harbour.add(harbour.bob, seconds=12.0, clicks=3)
    harbour.add(harbour.bob, seconds=0.0, clicks=0)
    bob = of(numbers(harbour.alice), harbour.bob)
    assert (bob["made"], bob["timed"], bob["seconds_per_mask"]) == (2, 1, 12.0)


def test_a_deletion_counts_for_whose_mask_it_was_until_it_is_restored(harbour: Place, numbers: Ask) -> None:
    row = harbour.add(harbour.bob)
    harbour.dana.send("delete", f"annotations/{row['id']}/?revision=1")
    assert of(numbers(harbour.alice), harbour.bob)["deleted"] == 1
    harbour.dana.does(f"annotations/{row['id']}/restore/", {"revision": 2})
    assert of(numbers(harbour.alice), harbour.bob)["deleted"] == 0


def test_decisions_count_for_who_submitted_and_only_the_first_says_accepted_at_once(
    harbour: Place, numbers: Ask
) -> None:
    second = make_image(harbour.project, "b.jpg")
    for image in (harbour.image, second):
        harbour.add(harbour.bob, image)
        harbour.done(harbour.bob, image)
    harbour.accept(harbour.dana)
    harbour.send_back(harbour.dana, image=second)
    harbour.done(harbour.bob, second)
    harbour.accept(harbour.rita, second)
    bob = of(numbers(harbour.alice), harbour.bob)
    assert (bob["submitted"], bob["judged"], bob["passed"], bob["returned"]) == (3, 2, 1, 1)
    assert (bob["passed_share"], bob["images"]) == (0.5, 3)
    assert [row["person"]["name"] for row in numbers(harbour.alice)["people"]] == ["Bob"]


def test_days_that_are_over_are_counted_once_and_never_lost(
    harbour: Place, numbers: Ask, days_pass: Callable[[int], None]
) -> None:
    row = harbour.add(harbour.bob, seconds=10.0)
    days_pass(3)
    harbour.change(harbour.bob, harbour.bob.get(f"annotations/{row['id']}/"), seconds=16.0)
    for _ in range(2):
        body = numbers(harbour.alice)
        assert [day["made"] for day in body["days"][-4:]] == [1, 0, 0, 0]
        assert [day["seconds"] for day in body["days"][-4:]] == [10.0, 0.0, 0.0, 6.0]
    assert Tally.objects.count() == 1
    # The work was done, whatever becomes of the image.
    harbour.image.delete()
    assert of(numbers(harbour.alice), harbour.bob)["made"] == 1


def test_what_is_written_late_is_not_missed(harbour: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    harbour.add(harbour.bob)
    moment = datetime(2030, 5, 5, tzinfo=UTC)
    Revision.objects.update(created=moment)
    # An hour is given to what takes long, and looking again and again writes nothing.
    for minutes, written in ((59, 0), (70, 0), (80, 1), (100, 1)):
        monkeypatch.setattr(timezone, "now", lambda now=moment + timedelta(minutes=minutes): now)
        until = catch_up(harbour.project)
        assert sum(Tally.objects.values_list("made", flat=True)) == written, minutes
        assert sum(row.made for row in count(harbour.project, until)) == 1 - written


def test_a_day_is_one_row_however_often_it_is_looked_at(harbour: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = datetime(2030, 5, 5, 8, tzinfo=UTC)
    for hour in range(4):
        harbour.add(harbour.bob, seconds=2.0)
        moment = begin + timedelta(hours=hour)
        Revision.objects.filter(created__lt=datetime(2030, 1, 1, tzinfo=UTC)).update(created=moment)
        monkeypatch.setattr(timezone, "now", lambda now=moment + timedelta(minutes=61): now)
        catch_up(harbour.project)
    row = Tally.objects.get()
    assert (row.made, row.timed, row.seconds) == (4, 4, 8.0)


def test_two_who_look_at_once_count_a_day_once(
    harbour: Place, days_pass: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    harbour.add(harbour.bob)
    days_pass(2)

    def meanwhile(project: Project, *between: Any) -> list[Tally]:
        monkeypatch.setattr("annotator.dashboard.tally.count", count)
        rows = count(project, *between)
        catch_up(project)
        return rows

    monkeypatch.setattr("annotator.dashboard.tally.count", meanwhile)
    catch_up(harbour.project)
    assert (Tally.objects.count(), Ledger.objects.count()) == (1, 1)


def test_people_see_their_own_and_others_where_the_project_says_so(harbour: Place, numbers: Ask) -> None:
    harbour.add(harbour.bob)
    harbour.add(harbour.beth)
    names = {row["person"]["name"] for row in numbers(harbour.vera)["people"]}
    assert names == {"Bob", "Beth"}
    url = f"projects/{harbour.project.pk}/"
    assert harbour.alice.send("patch", url, {"person_numbers": "managers"})[0] == 200
    body = numbers(harbour.bob)
    assert [row["person"]["name"] for row in body["people"]] == ["Bob"]
    assert (body["sees_people"], body["days"][-1]["made"], body["labels"][0]["made"]) == (False, 2, 2)
    assert len(numbers(harbour.alice)["people"]) == 2
    assert harbour.bob.send("get", f"{url}dashboard/?person={harbour.beth.user.pk}")[0] == 404
    assert numbers(harbour.bob, f"?person={harbour.bob.user.pk}")["days"][-1]["made"] == 1
    assert harbour.alice.send("patch", url, {"person_numbers": "all"})[0] == 400


def test_who_sees_only_their_jobs_sees_only_their_own_numbers(harbour: Place, numbers: Ask) -> None:
    harbour.add(harbour.bob)
    harbour.add(harbour.beth)
    Project.objects.update(annotators_see="own")
    body = numbers(harbour.bob)
    assert (len(body["people"]), body["days"][-1]["made"], body["labels"][0]["made"]) == (1, 1, 1)
    assert (body["progress"], body["estimate"]) == ([], None)
    assert "Beth" not in sheet(harbour, harbour.bob)


def test_days_and_labels_narrow_to_a_person(harbour: Place, numbers: Ask) -> None:
    dog = Label.objects.create(project=harbour.project, name="dog", color="#00ff00")
    harbour.add(harbour.bob)
    harbour.add(harbour.beth, label=str(dog.pk))
    harbour.done(harbour.beth)
    body = numbers(harbour.alice, f"?person={harbour.beth.user.pk}")
    assert [row["label"]["name"] for row in body["labels"]] == ["dog"]
    assert (body["days"][-1]["made"], body["days"][-1]["images"]) == (1, 1)
    assert len(body["people"]) == 2


def test_a_label_merged_away_counts_for_the_other_until_it_comes_back(
    harbour: Place, numbers: Ask, days_pass: Callable[[int], None]
) -> None:
    dog = Label.objects.create(project=harbour.project, name="dog", color="#00ff00")
    lynx = Label.objects.create(project=harbour.project, name="lynx", color="#00ff01")
    harbour.add(harbour.bob, label=str(dog.pk))
    days_pass(2)
    numbers(harbour.alice)
    harbour.alice.does(f"labels/{dog.pk}/merge/", {"into": str(harbour.cat.pk)})
    merge = harbour.alice.does(f"labels/{harbour.cat.pk}/merge/", {"into": str(lynx.pk)})
    assert [row["label"]["name"] for row in numbers(harbour.alice)["labels"]] == ["lynx"]
    assert "lynx" in sheet(harbour, harbour.alice)
    harbour.alice.does(f"label-merges/{merge['id']}/undo/")
    assert [row["label"]["name"] for row in numbers(harbour.alice)["labels"]] == ["cat"]


def sheet(harbour: Place, person: Person, query: str = "") -> str:
    answer = person.client.get(f"/api/v1/projects/{harbour.project.pk}/dashboard/csv/{query}")
    assert answer.status_code == 200
    return b"".join(vars(answer).get("streaming_content", answer)).decode()


def test_the_sheet_has_a_row_for_each_day_person_and_label(harbour: Place, days_pass: Callable[[int], None]) -> None:
    User.objects.filter(pk=harbour.bob.user.pk).update(first_name="=1+1")
    harbour.add(harbour.bob, seconds=10.0)
    days_pass(2)
    harbour.add(harbour.bob, seconds=4.0, clicks=2)
    harbour.add(harbour.beth, seconds=6.0)
    rows = list(csv.DictReader(io.StringIO(sheet(harbour, harbour.alice))))
    assert [(row["person"], row["label"], row["made"], row["seconds"]) for row in rows] == [
        ("'=1+1", "cat", "1", "10.0"), ("'=1+1", "cat", "1", "4.0"), ("Beth", "cat", "1", "6.0"),
    ]  # fmt: skip
    assert len(sheet(harbour, harbour.alice, "?days=1").splitlines()) == 3
    Project.objects.update(person_numbers="managers")
    assert len(sheet(harbour, harbour.beth).splitlines()) == 2


@pytest.mark.parametrize("query", ["?days=0", "?days=400", "?days=many", "?person=bob", "?days=1e3"])
def test_odd_questions_are_answered_with_a_sentence(harbour: Place, query: str) -> None:
    status, body = harbour.alice.send("get", f"projects/{harbour.project.pk}/dashboard/{query}")
    assert (status, body["code"]) == (400, "invalid")


def test_an_empty_project_has_numbers_too(harbour: Place, numbers: Ask) -> None:
    body = numbers(harbour.alice)
    assert (body["people"], body["labels"], body["estimate"]["days"]) == ([], [], None)
    assert harbour.alice.send("get", f"projects/{uuid.uuid4()}/dashboard/")[0] == 404


def test_the_number_of_queries_does_not_grow(
    harbour: Place, numbers: Ask, days_pass: Callable[[int], None], at_most: Any
) -> None:
    for place in range(6):
        label = Label.objects.create(project=harbour.project, name=f"label {place}", color="#00ff00")
        person = Person(f"person{place}", harbour.project, "annotator")
        harbour.add(person, label=str(label.pk))
        days_pass(1)
    harbour.add(harbour.bob)
    numbers(harbour.alice)
    with at_most(20):
        body = numbers(harbour.alice)
    assert (len(body["people"]), len(body["labels"])) == (7, 7)

"""What the dashboard and the table say of single people."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from annotator.agreement.gold import mark, set_rule
from annotator.agreement.standings import standings_of
from annotator.annotations import services
from annotator.jobs.split import Wanted, split
from annotator.projects.models import Image
from annotator.projects.services import set_state
from tests.annotator.agreement.conftest import Two, square
from tests.annotator.world import make_image

CAT, AWAY = (4, 4, 20, 20), (40, 20, 10, 10)


@pytest.fixture
def known(two: Two) -> Two:
    """Bob and Erin agree on one of two objects, and Bob finds what is on a gold image."""
    bob, image = two.world.bob, two.images[0]
    two.draw(image, bob, (CAT, two.world.label), (AWAY, two.world.label))
    two.draw(image, two.erin, (CAT, two.world.label))
    two.done(image)
    truth, more = make_image(two.world.project, "truth.png"), make_image(two.world.project, "more.png")
    services.create(truth, two.world.alice, None, {"rle": square(truth, CAT), "label": two.world.label.pk})
    set_state(truth, "done", two.world.alice)
    mark(two.world.project, two.world.alice, [truth.pk], gold=True)
    set_rule(two.world.project, two.world.alice, 50)
    split(two.world.project, two.world.alice, Wanted(jobs=1, images=[more.pk], assignees=[bob.pk]))
    copy = Image.workable.filter(given__person=bob, given__gold=True, copy_of=truth).get()
    services.create(copy, bob, None, {"rle": square(copy, CAT), "label": two.world.label.pk})
    set_state(copy, "done", bob)
    address = f"/api/v1/projects/{two.world.project.pk}"
    for part in ("agreement", "gold"):
        two.world.as_alice.get(f"{address}/{part}/")
    return two


def people(two: Two, client: Any) -> dict[str, dict[str, Any]]:
    numbers = client.get(f"/api/v1/projects/{two.world.project.pk}/dashboard/").json()
    return {row["person"]["name"]: row for row in numbers["people"]}


def test_the_dashboard_says_how_people_agree_and_score(known: Two) -> None:
    rows = people(known, known.world.as_alice)
    assert rows["Bob"]["agreement"] == rows["Erin"]["agreement"] == pytest.approx(2 / 3, abs=1e-4)
    assert (rows["Bob"]["gold"], rows["Erin"]["gold"], rows["Alice"]["agreement"]) == (1.0, None, None)
    assert rows["Bob"]["gold_low"] < 1.0 == rows["Bob"]["gold_high"]
    assert set(standings_of(known.world.project)) == {known.world.bob.pk, known.erin.pk}


def test_others_are_seen_as_the_setting_says(known: Two) -> None:
    known.world.project.person_numbers = "managers"
    known.world.project.save()
    rows = people(known, known.world.as_bob)
    assert list(rows) == ["Bob"]
    assert rows["Bob"]["gold"] == 1.0, "one's own"


def test_the_table_has_a_row_for_each(known: Two) -> None:
    answer = known.world.as_alice.get(f"/api/v1/projects/{known.world.project.pk}/agreement/csv/")
    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    assert [(row["of"], row["name"]) for row in rows if row["of"] != "week"] == [
        ("all", ""), ("label", "cat"), ("pair", "Bob and Erin"), ("gold", "Bob"),
    ]  # fmt: skip
    assert float(rows[0]["found"]) == pytest.approx(2 / 3, abs=1e-4)
    assert (rows[-1]["score"], rows[-1]["right"]) == ("1.0", "1")


def test_the_dashboards_table_says_it_in_each_row_of_a_person(known: Two) -> None:
    answer = known.world.as_alice.get(f"/api/v1/projects/{known.world.project.pk}/dashboard/csv/")
    rows = list(csv.DictReader(b"".join(answer).decode().splitlines()))
    told = {(row["person"], row["agreement"], row["gold"]) for row in rows}
    assert told == {("Bob", "0.6667", "1.0"), ("Erin", "0.6667", ""), ("Alice", "", "")}

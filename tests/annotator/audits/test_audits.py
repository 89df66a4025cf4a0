"""Audits: blind, of what was drawn, counted honestly; the originals stay until a lead takes corrections over."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from annotator.accounts.models import User
from annotator.agreement.copies import compares, of_overlap
from annotator.annotations import services
from annotator.annotations.models import Annotation
from annotator.audits import judging
from annotator.audits.models import Audit, AuditMask
from annotator.audits.numbers import numbers_of
from annotator.jobs.models import Job
from annotator.journal.models import Entry
from annotator.projects import bins
from annotator.projects.models import Image
from annotator.projects.services import set_state
from tests.annotator.agreement.conftest import Box, square
from tests.annotator.world import World, client_of, make_image, make_member, make_user

CAT, DOG, SMALLER = (4, 4, 20, 20), (40, 20, 10, 10), (4, 4, 20, 16)


@dataclass
class Audited:
    """Two finished images of Alice's with two masks each, and Erin, who corrects."""

    world: World
    erin: User
    images: list[Image]

    def draw(self, size: int = 4, **more: Any) -> dict[str, Any]:
        answer = self.ask(size, **more)
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, size: int, people: list[User] | None = None, **more: Any) -> Any:
        body = {"size": size, "people": [str(one.pk) for one in people or [self.erin]], **more}
        return self.world.as_alice.post(f"/api/v1/projects/{self.world.project.pk}/audits/", body, format="json")

    def numbers(self) -> dict[str, Any]:
        return numbers_of(Audit.objects.get())

    def copies(self) -> list[Image]:
        return list(Image.workable.filter(audited__isnull=False).distinct().order_by("copy_of__name"))

    def correct(self, copy: Image, box: Box, to: Box | None) -> None:
        """Erin makes another box of one on a copy, or removes it."""
        wanted = square(copy, box)
        row = next(row for row in Annotation.objects.filter(image=copy, deleted_at=None) if row.rle == wanted)
        if to is None:
            services.delete(copy, self.erin, row.pk, row.revision)
        else:
            services.update(copy, self.erin, row.pk, row.revision, {"rle": square(copy, to)})

    def done(self, *copies: Image) -> None:
        for copy in copies:
            set_state(copy, "done", self.erin)


@pytest.fixture
def audited(world: World) -> Audited:
    erin = make_user("Erin")
    make_member(world.project, erin, "annotator")
    images = [world.image, make_image(world.project, "cat2.png")]
    for image in images:
        for box in (CAT, DOG):
            data = {"rle": square(image, box), "label": world.label.pk, "clicks": 3, "predicted_iou": 0.9}
            services.create(image, world.alice, None, data)
        set_state(image, "done", world.alice)
    return Audited(world, erin, images)


def test_what_is_corrected_does_not_say_whose_it_is(audited: Audited) -> None:
    audited.draw()
    assert len(audited.copies()) == 2
    for copy in audited.copies():
        rows = client_of(audited.erin).get(f"/api/v1/images/{copy.pk}/annotations/").json()["results"]
        assert len(rows) == 2
        for row in rows:
            assert (row["author"], row["model_version"], row["predicted_iou"]) == (None, None, None)
            assert (row["prompts"], row["clicks"], row["seconds"]) == ([], 0, 0)
            assert row["label"] == str(audited.world.label.pk)
        assert "Alice" not in str(rows)
    assert Job.objects.get().assignee == audited.erin


def test_only_the_drawn_masks_are_on_the_copies(audited: Audited) -> None:
    audited.draw(1, seed=5)
    [copy] = audited.copies()
    drawn = AuditMask.objects.get()
    assert [row.rle for row in Annotation.objects.filter(image=copy)] == [drawn.rle]


def test_masks_as_they_are_corrected_and_removed_are_counted(audited: Audited) -> None:
    audited.draw()
    first, second = audited.copies()
    audited.correct(first, CAT, SMALLER)
    audited.correct(first, DOG, None)
    audited.done(first)
    numbers = audited.numbers()
    assert (numbers["judged"], numbers["open"], numbers["untouched"], numbers["removed"]) == (2, 2, 0, 1)
    assert numbers["mean_iou"]["value"] == pytest.approx(0.4)
    audited.done(second)
    numbers = audited.numbers()
    assert (numbers["judged"], numbers["open"], numbers["untouched"], numbers["images"]) == (4, 0, 2, 2)
    # IoUs 0.8, 0, 1 and 1: one image has one of two above 0.75, the other both.
    assert numbers["above_75"]["value"] == pytest.approx(0.75)
    assert (numbers["above_75"]["low"], numbers["above_75"]["high"]) == (0.5, 1.0)
    assert numbers["above_90"]["value"] == pytest.approx(0.5)
    assert numbers["above_90"]["more"] > 500
    assert [row["count"] for row in numbers["histogram"]] == [1, 0, 1, 0, 2]


def test_an_image_taken_up_again_counts_when_it_is_done_again(audited: Audited) -> None:
    audited.draw()
    first, _ = audited.copies()
    audited.done(first)
    assert audited.numbers()["judged"] == 2
    set_state(first, "in_progress", audited.erin)
    assert audited.numbers()["judged"] == 0
    audited.correct(first, CAT, SMALLER)
    audited.done(first)
    assert audited.numbers()["mean_iou"]["value"] == pytest.approx(0.9)


def test_the_originals_stay_until_corrections_are_taken_over(audited: Audited) -> None:
    before = {row.pk: row.rle for row in Annotation.objects.filter(image__in=audited.images)}
    audit = audited.draw()["id"]
    first, second = audited.copies()
    audited.correct(first, CAT, SMALLER)
    audited.correct(second, DOG, None)
    audited.done(first, second)
    assert audited.numbers()["judged"] == 4
    live = Annotation.objects.filter(image__in=audited.images, deleted_at=None)
    assert {row.pk: row.rle for row in live} == before
    answer = audited.world.as_alice.post(f"/api/v1/audits/{audit}/take/").json()
    assert answer == {"taken": 2, "left": []}
    after = list(live.all())
    assert len(after) == 3
    assert square(first, SMALLER) in [row.rle for row in after]
    # A second time there is nothing left to take.
    assert audited.world.as_alice.post(f"/api/v1/audits/{audit}/take/").json() == {"taken": 0, "left": []}
    assert {"audit.drawn", "audit.taken"} <= set(Entry.objects.values_list("kind", flat=True))


def test_what_was_changed_or_deleted_meanwhile_stays_as_it_is(audited: Audited) -> None:
    audit = audited.draw()["id"]
    first, second = audited.copies()
    for copy in (first, second):
        audited.correct(copy, CAT, SMALLER)
    audited.done(first, second)
    mine = [Annotation.objects.get(image=image, bbox=list(CAT)) for image in audited.images]
    services.delete(audited.images[0], audited.world.alice, mine[0].pk, 1)
    services.update(audited.images[1], audited.world.alice, mine[1].pk, 1, {"rle": square(first, DOG)})
    answer = audited.world.as_alice.post(f"/api/v1/audits/{audit}/take/").json()
    assert answer["taken"] == 0
    assert sorted(row["message"].partition(" was ")[2] for row in answer["left"]) == [
        "changed since it was drawn. It stays as it is now.",
        "deleted since it was drawn.",
    ]
    # What is judged is what was drawn, whatever became of it.
    assert audited.numbers()["counted"] == 4


def test_an_image_in_the_bin_leaves_the_numbers_and_comes_back(audited: Audited) -> None:
    audited.draw()
    bins.put(audited.images[0], audited.world.alice)
    numbers = audited.numbers()
    assert (numbers["gone"], numbers["open"]) == (2, 2)


def test_copies_of_audits_are_not_compared_or_merged(audited: Audited) -> None:
    audited.draw()
    assert not of_overlap().exists()
    assert not compares(audited.world.project)


def test_nobody_corrects_their_own(audited: Audited) -> None:
    refused = audited.ask(1, [audited.world.alice])
    assert refused.status_code == 400
    assert "something on every finished image" in refused.json()["fields"]["people"][0]
    audited.draw(4, people=[audited.world.alice, audited.erin])
    assert set(AuditMask.objects.values_list("person", flat=True)) == {audited.erin.pk}


def test_a_mask_that_its_author_corrected_after_all_does_not_count(audited: Audited) -> None:
    audited.draw()
    first, second = audited.copies()
    row = Annotation.objects.filter(image=first).first()
    assert row is not None
    services.update(first, audited.world.alice, row.pk, row.revision, {"rle": square(first, SMALLER)})
    audited.done(first, second)
    numbers = audited.numbers()
    assert (numbers["judged"], numbers["own"], numbers["counted"]) == (4, 1, 3)


def test_too_much_and_nothing_are_refused_with_a_sentence(audited: Audited) -> None:
    too_many = audited.ask(5)
    assert too_many.json()["fields"]["size"] == ["There are only 4 masks to draw from. Ask for fewer."]
    assert audited.ask(0).status_code == 400
    assert audited.ask(1, [audited.world.charlie]).status_code == 400
    Annotation.objects.all().delete()
    assert "No finished image has a mask" in audited.ask(1).json()["fields"]["size"][0]
    assert not Audit.objects.exists()
    assert not Image.workable.filter(copy_of__isnull=False).exists()


def test_the_same_seed_draws_the_same_masks(audited: Audited) -> None:
    def drawn() -> set[Any]:
        pk = audited.draw(2, seed=7)["id"]
        found = set(AuditMask.objects.values_list("annotation", flat=True))
        assert audited.world.as_alice.delete(f"/api/v1/audits/{pk}/").status_code == 204
        return found

    assert drawn() == drawn()
    assert not Job.objects.exists()
    assert not Image.workable.filter(copy_of__isnull=False).exists()


def test_closing_keeps_the_numbers_and_lets_the_copies_go(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "AT_ONCE", 1)
    audit = audited.draw()["id"]
    first, second = audited.copies()
    audited.correct(first, CAT, SMALLER)
    audited.done(first, second)
    closed = audited.world.as_alice.post(f"/api/v1/audits/{audit}/close/").json()
    assert closed["numbers"]["judged"] == 4
    assert not Image.workable.filter(copy_of__isnull=False).exists()
    assert not Job.objects.exists()
    assert audited.numbers()["mean_iou"]["value"] == pytest.approx(0.95)
    again = audited.world.as_alice.post(f"/api/v1/audits/{audit}/close/")
    assert (again.status_code, again.json()["code"]) == (409, "already_closed")
    assert audited.world.as_alice.post(f"/api/v1/audits/{audit}/take/").json()["taken"] == 1


def test_the_table_names_who_made_a_mask_only_when_all_is_over(audited: Audited) -> None:
    audit = audited.draw()["id"]
    audited.done(*audited.copies())

    def rows() -> list[dict[str, str]]:
        text = audited.world.as_alice.get(f"/api/v1/audits/{audit}/csv/").content.decode()
        return list(csv.DictReader(io.StringIO(text)))

    assert {(row["result"], row["made_by"], row["judged_by"]) for row in rows()} == {("left as it was", "", "Erin")}
    audited.world.as_alice.post(f"/api/v1/audits/{audit}/close/")
    assert {row["made_by"] for row in rows()} == {"Alice"}


def test_the_page_says_what_there_is(audited: Audited, client: Client) -> None:
    client.force_login(audited.world.alice)
    address = f"/projects/{audited.world.project.pk}/audits/"
    assert "No audit yet" in client.get(address).content.decode()
    audited.draw()
    assert "Nothing is judged yet" in client.get(address).content.decode()
    audited.done(*audited.copies())
    text = client.get(address).content.decode()
    assert "4</strong>" in text
    assert "more masks for" in text


def test_looking_costs_the_same_whatever_there_is(audited: Audited, django_assert_max_num_queries: Any) -> None:
    audited.draw()
    with django_assert_max_num_queries(12):
        audited.numbers()

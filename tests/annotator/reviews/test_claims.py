"""Who looks at what: one image, one reviewer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, connections
from django.utils import timezone

from annotator.lib.errors import ApiError
from annotator.projects.models import Image, Membership
from annotator.reviews import claims, services
from annotator.reviews.choices import Order
from annotator.reviews.models import Event, Review
from tests.annotator.annotations.conftest import make_image
from tests.annotator.reviews.conftest import Person, Place
from tests.annotator.together import at_once


def submit(place: Place, number: int) -> list[Image]:
    images = [make_image(place.project, f"{one:02}.jpg") for one in range(number)]
    for image in images:
        place.add(place.bob, image)
        place.done(place.bob, image)
    return images


def next_for(place: Place, person: Person, **body: str) -> str | None:
    answer: str | None = person.does(f"projects/{place.project.pk}/reviews/next/", body)["image"]
    return answer


def queue(place: Place, person: Person, order: str = "oldest") -> list[dict]:
    rows: list[dict] = person.get(f"projects/{place.project.pk}/reviews/?order={order}")["results"]
    return rows


def test_the_oldest_comes_first_and_nobody_gets_what_another_has(place: Place) -> None:
    first, second = submit(place, 2)
    assert next_for(place, place.dana) == str(first.pk)
    assert next_for(place, place.rita) == str(second.pk)
    assert next_for(place, place.alice) is None
    assert next_for(place, place.dana) == str(first.pk), "what one holds comes again"
    place.accept(place.dana, first)
    assert next_for(place, place.dana) is None
    held = {row["image"]["name"]: row["held_by"]["name"] for row in queue(place, place.dana)}
    assert held == {"01.jpg": "Rita"}


def test_by_risk_what_looks_wrong_comes_first(place: Place) -> None:
    plain, empty = submit(place, 2)
    Review.objects.filter(image=plain).update(risk=0.1)
    Review.objects.filter(image=empty).update(risk=0.7)
    assert [row["risk"] for row in queue(place, place.dana, "risk")] == [0.7, 0.1]
    assert next_for(place, place.dana, order="risk") == str(empty.pk)


def test_ones_own_work_is_passed_over(place: Place) -> None:
    [image] = submit(place, 1)
    place.add(place.dana, image)
    place.done(place.bob, image, state="in_progress")
    place.done(place.bob, image)
    assert (next_for(place, place.dana), queue(place, place.dana)[0]["own"]) == (None, True)
    assert place.dana.post(f"images/{image.pk}/review/claim/")[0] == 403
    assert next_for(place, place.rita) == str(image.pk)


def test_what_one_has_no_other_decides(submitted: Place) -> None:
    claimed = submitted.dana.does(f"images/{submitted.image.pk}/review/claim/")
    assert claimed["held_by"]["name"] == "Dana"
    for verb, body in (("accept", {}), ("return", {"text": "No."})):
        status, answer = submitted.decide(submitted.rita, verb, **body)
        assert (status, answer["code"]) == (409, "in_other_hands")
        assert answer["message"].startswith("Dana is reviewing this image")
    assert submitted.rita.post(f"images/{submitted.image.pk}/review/claim/")[0] == 409
    assert submitted.dana.send("delete", f"images/{submitted.image.pk}/review/claim/")[0] == 204
    submitted.accept(submitted.rita)


@pytest.mark.parametrize("how", ["time", "membership", "role", "account"])
def test_a_reviewer_who_goes_away_leaves_nothing_behind(submitted: Place, how: str) -> None:
    assert next_for(submitted, submitted.dana) == str(submitted.image.pk)
    if how == "time":
        Review.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    elif how == "membership":
        Membership.objects.filter(user=submitted.dana.user).delete()
    elif how == "role":
        Membership.objects.filter(user=submitted.dana.user).update(role="annotator")
    else:
        submitted.dana.user.is_active = False
        submitted.dana.user.save()
    assert queue(submitted, submitted.rita)[0]["held_by"] is None
    assert next_for(submitted, submitted.rita) == str(submitted.image.pk)
    submitted.accept(submitted.rita)


def test_an_image_that_does_not_wait_is_not_taken(place: Place) -> None:
    status, body = place.dana.post(f"images/{place.image.pk}/review/claim/")
    assert (status, body["code"]) == (409, "not_in_review")


def test_the_queue_takes_as_many_queries_for_many_as_for_few(place: Place, at_most: Callable) -> None:
    submit(place, 12)
    with at_most(8):
        assert len(queue(place, place.dana)) == 12


@pytest.mark.django_db(transaction=True)
def test_reviewers_who_ask_at_the_same_moment_get_different_images(place: Place) -> None:
    people = [Person(f"r{number}", place.project, "reviewer") for number in range(6)]
    images = submit(place, 8)
    got: list[Image] = []

    def take(one: int) -> None:
        row = claims.claim_next(place.project, people[one].user, Order.OLDEST)
        assert row is not None
        got.append(row.pk)

    at_once(*(partial(take, one) for one in range(len(people))))
    assert len(set(got)) == len(people)
    assert set(got) <= {image.pk for image in images}


@pytest.mark.django_db(transaction=True)
def test_the_last_image_goes_to_exactly_one_of_those_who_want_it(place: Place) -> None:
    people = [Person(f"r{number}", place.project, "reviewer") for number in range(6)]
    submit(place, 1)
    asks = (partial(claims.claim_next, place.project, person.user, Order.RISK) for person in people)
    got = at_once(*asks)
    assert len([row for row in got if row is not None]) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_the_same_moment_one_counts(submitted: Place) -> None:
    seq = submitted.seen(submitted.dana)["seq"]
    refused = []

    def decide(one: int) -> None:
        try:
            if one % 2:
                services.accept(submitted.image, submitted.dana.user, seq)
            else:
                services.send_back(submitted.image, submitted.rita.user, seq, "No.")
        except ApiError as error:
            refused.append(error.code)

    at_once(*(partial(decide, one) for one in range(4)))
    assert len(refused) == 3
    assert set(refused) <= {"not_in_review", "changed_meanwhile"}
    assert Event.objects.filter(kind__in=["accepted", "returned"]).count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite locks no rows.")
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_row_that_is_just_being_taken(place: Place) -> None:
    from django.db import transaction

    first, second = submit(place, 2)
    got: list[object] = []

    def ask() -> None:
        try:
            row = claims.claim_next(place.project, place.rita.user, Order.OLDEST)
            got.append(row.pk if row else None)
        finally:
            connections.close_all()

    with transaction.atomic():
        Review.objects.select_for_update().get(image=first)
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join(60)
    assert got == [second.pk]

"""Which finished images are reviewed, and whose work they are."""

from __future__ import annotations

import uuid

import pytest

from annotator.projects.models import Membership
from annotator.reviews.models import Event
from annotator.reviews.queries import drawn
from tests.annotator.annotations.conftest import make_image, make_mask
from tests.annotator.reviews.conftest import Place


def kinds(place: Place) -> list[str]:
    return list(Event.objects.filter(image=place.image).values_list("kind", flat=True))


def test_without_a_rule_done_is_done(place: Place) -> None:
    place.rule(mode="off")
    place.add(place.bob)
    assert place.done(place.bob)["review"] == "none"
    assert (place.now(), kinds(place)) == (("done", "none"), [])


def test_where_all_is_reviewed_done_is_submitted(submitted: Place) -> None:
    assert submitted.now() == ("done", "waiting")
    seen = submitted.seen(submitted.dana)
    assert (seen["submitted_by"]["name"], seen["may_decide"], seen["why_not"]) == ("Bob", True, "")
    assert kinds(submitted) == ["submitted"]
    submitted.done(submitted.bob)
    assert kinds(submitted) == ["submitted"], "saying it again is no news"


def test_a_share_is_drawn_from_the_ids_and_stays_the_same() -> None:
    ids = [uuid.UUID(int=number) for number in range(4000)]
    small, large = ({one for one in ids if drawn(one, share)} for share in (20, 50))
    assert small < large
    assert 0.17 < len(small) / len(ids) < 0.23
    assert all(drawn(one, 100) for one in ids)
    assert small == {one for one in ids if drawn(one, 20)}


def test_what_is_not_in_the_share_is_done_and_what_is_waits(place: Place) -> None:
    place.rule(mode="share", share=50)
    images = [make_image(place.project, f"{number}.jpg") for number in range(12)]
    for image in images:
        place.done(place.bob, image)
    wanted = {image.pk: "waiting" if drawn(image.pk, 50) else "none" for image in images}
    assert {image.pk: place.now(image)[1] for image in images} == wanted


def test_taking_it_up_again_withdraws_it(submitted: Place) -> None:
    submitted.done(submitted.bob, state="in_progress")
    assert submitted.now() == ("in_progress", "none")
    assert submitted.decide(submitted.dana, "accept")[0] == 409
    assert kinds(submitted) == ["submitted", "withdrawn"]


def test_nobody_reviews_their_own_work(place: Place) -> None:
    place.add(place.dana)
    place.done(place.bob)
    status, body = place.decide(place.dana, "accept")
    assert (status, body["code"]) == (403, "permission_denied")
    assert "nobody reviews their own work" in body["message"]
    assert place.seen(place.dana)["why_not"] == body["message"]
    place.accept(place.rita)


def test_submitting_somebody_elses_work_makes_it_ones_own(place: Place) -> None:
    place.add(place.bob)
    place.done(place.dana)
    assert place.decide(place.dana, "accept")[0] == 403


def test_the_rule_may_allow_ones_own_work(place: Place) -> None:
    place.rule(own_work=True)
    place.add(place.dana)
    place.done(place.dana)
    place.accept(place.dana)
    assert place.now() == ("done", "accepted")


def test_mending_while_it_waits_is_review_and_not_ones_own_work(submitted: Place) -> None:
    submitted.change(submitted.dana, submitted.row, rle=make_mask(x=9))
    submitted.accept(submitted.dana)
    last = submitted.seen(submitted.dana)["events"][-1]
    assert (last["kind"], last["fixed"], last["actor"]["name"]) == ("accepted", True, "Dana")
    submitted.done(submitted.bob, state="in_progress")
    submitted.done(submitted.bob)
    submitted.accept(submitted.dana)


def test_what_was_mended_in_an_earlier_round_is_not_ones_own_work_either(submitted: Place) -> None:
    submitted.change(submitted.dana, submitted.row, rle=make_mask(x=9))
    submitted.send_back(submitted.dana)
    submitted.done(submitted.bob)
    submitted.accept(submitted.dana)
    assert not submitted.seen(submitted.dana)["events"][-1]["fixed"]


def test_the_rule_is_read_by_members_and_set_by_managers(place: Place) -> None:
    path = f"projects/{place.project.pk}/reviews/rule/"
    assert place.vera.get(path) == {"mode": "all", "share": 20, "own_work": False}
    assert place.alice.send("patch", path, {"mode": "share", "share": 35}) == (
        200, {"mode": "share", "share": 35, "own_work": False},
    )  # fmt: skip
    for wrong in ({"share": 0}, {"share": 101}, {"mode": "none"}, {"other": 1}):
        status, body = place.alice.send("patch", path, wrong)
        assert (status, body["code"]) == (400, "invalid"), wrong


def test_what_waits_when_the_rule_is_switched_off_can_still_be_decided(submitted: Place) -> None:
    submitted.rule(mode="off")
    submitted.accept(submitted.dana)
    assert submitted.now() == ("done", "accepted")


def test_what_came_back_is_done_when_the_rule_has_been_switched_off(submitted: Place) -> None:
    submitted.send_back(submitted.dana)
    submitted.rule(mode="off")
    submitted.done(submitted.bob)
    assert submitted.now() == ("done", "none")


def test_what_was_returned_comes_first_for_whose_it_is_and_for_nobody_else(submitted: Place) -> None:
    submitted.send_back(submitted.dana)
    here, between = (make_image(submitted.project, name) for name in ("b.jpg", "c.jpg"))
    path = f"images/{here.pk}/unfinished/"
    assert submitted.bob.get(path) == {"image": str(submitted.image.pk)}
    assert submitted.rita.get(path) == {"image": str(between.pk)}


@pytest.mark.parametrize("gone", ["member", "switched off"])
def test_what_was_returned_to_somebody_who_left_is_everybodys(submitted: Place, gone: str) -> None:
    submitted.send_back(submitted.dana)
    path = f"projects/{submitted.project.pk}/reviews/returned/"
    assert submitted.bob.get(path) == {"images": [str(submitted.image.pk)]}
    assert submitted.rita.get(path) == {"images": []}
    if gone == "member":
        Membership.objects.filter(user=submitted.bob.user).delete()
    else:
        submitted.bob.user.is_active = False
        submitted.bob.user.save()
    assert submitted.rita.get(path) == {"images": [str(submitted.image.pk)]}

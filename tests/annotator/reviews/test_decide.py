"""Accepting, returning, taking back; what changes afterwards goes back to review."""

from __future__ import annotations

import pytest

from annotator.annotations.models import Annotation
from annotator.projects.models import Image, Label, Membership
from tests.annotator.annotations.conftest import make_mask
from tests.annotator.reviews.conftest import Place


def statuses(place: Place) -> list[str]:
    return list(Annotation.objects.filter(image=place.image).values_list("status", flat=True))


def test_accepting_approves_the_objects_and_history_says_who(submitted: Place) -> None:
    body = submitted.accept(submitted.dana)
    assert (body["review"], body["decided_by"]["name"]) == ("accepted", "Dana")
    assert (submitted.now(), statuses(submitted)) == (("done", "accepted"), ["approved"])
    last = submitted.bob.get(f"annotations/{submitted.row['id']}/revisions/")["results"][-1]
    assert (last["changes"], last["actor"]["name"]) == ({"status": "approved"}, "Dana")
    assert body["seq"] == Image.objects.get(pk=submitted.image.pk).annotation_seq


def test_returning_says_what_to_change_and_puts_the_image_back_to_work(submitted: Place) -> None:
    status, body = submitted.decide(submitted.dana, "return")
    assert (status, body["code"]) == (400, "nothing_said")
    assert submitted.now() == ("done", "waiting")
    submitted.send_back(submitted.dana, "The tail is missing.")
    assert submitted.now() == ("in_progress", "returned")
    [thread] = submitted.bob.get(f"images/{submitted.image.pk}/threads/")["results"]
    assert thread["comments"][0]["text"] == "The tail is missing."
    assert (thread["x"], thread["annotation"]) == (None, None)


def test_a_comment_on_the_image_says_enough(submitted: Place) -> None:
    submitted.dana.does(f"images/{submitted.image.pk}/threads/", {"text": "Here.", "x": 3, "y": 4.5})
    status, _ = submitted.decide(submitted.dana, "return")
    assert (status, submitted.now()) == (200, ("in_progress", "returned"))


def test_what_is_submitted_again_waits_again_until_it_is_accepted(submitted: Place) -> None:
    submitted.send_back(submitted.dana)
    submitted.change(submitted.bob, submitted.row, rle=make_mask(x=20))
    submitted.done(submitted.bob)
    assert submitted.now() == ("done", "waiting")
    submitted.accept(submitted.rita)
    kinds = [event["kind"] for event in submitted.seen(submitted.bob)["events"]]
    assert kinds == ["submitted", "returned", "submitted", "accepted"]


def test_nothing_is_decided_on_what_one_did_not_see(submitted: Place) -> None:
    seq = submitted.seen(submitted.dana)["seq"]
    submitted.change(submitted.bob, submitted.row, rle=make_mask(x=20))
    for verb in ("accept", "return"):
        status, body = submitted.dana.post(f"images/{submitted.image.pk}/review/{verb}/", {"seq": seq})
        assert (status, body["code"]) == (409, "changed_meanwhile")
    assert submitted.now() == ("done", "waiting")


def test_two_decisions_on_one_image_are_one(submitted: Place) -> None:
    seq = submitted.seen(submitted.rita)["seq"]
    submitted.accept(submitted.dana)
    status, body = submitted.rita.post(f"images/{submitted.image.pk}/review/return/", {"seq": seq, "text": "No."})
    assert (status, body["code"]) == (409, "not_in_review")
    assert body["message"] == "Dana accepted this image meanwhile."


@pytest.mark.parametrize("how", ["mask", "label", "new", "deleted"])
def test_an_accepted_image_that_changes_goes_back_to_review_and_says_so(submitted: Place, how: str) -> None:
    submitted.accept(submitted.dana)
    row = submitted.bob.get(f"annotations/{submitted.row['id']}/")
    if how == "mask":
        submitted.change(submitted.bob, row, rle=make_mask(x=20))
    elif how == "label":
        submitted.change(submitted.bob, row, label=None)
    elif how == "new":
        submitted.add(submitted.bob)
    else:
        assert submitted.bob.send("delete", f"annotations/{row['id']}/?revision={row['revision']}")[0] == 204
    assert submitted.now() == ("done", "waiting")
    seen = submitted.seen(submitted.dana)
    assert (seen["changed_after"], seen["events"][-1]["kind"], seen["submitted_by"]["name"]) == (True, "changed", "Bob")
    submitted.accept(submitted.dana)
    assert not submitted.seen(submitted.dana)["changed_after"]


def test_who_changes_it_after_acceptance_is_not_who_accepts_it_again(submitted: Place) -> None:
    submitted.accept(submitted.dana)
    row = submitted.dana.get(f"annotations/{submitted.row['id']}/")
    submitted.change(submitted.dana, row, rle=make_mask(x=20))
    assert submitted.now() == ("done", "waiting")
    assert submitted.decide(submitted.dana, "accept")[0] == 403
    submitted.accept(submitted.rita)


@pytest.mark.parametrize("change", [{"hidden": True}, {"locked": True}, {"seconds": 3.0, "clicks": 2}])
def test_how_it_is_shown_changes_nothing(submitted: Place, change: dict[str, object]) -> None:
    submitted.accept(submitted.dana)
    submitted.change(submitted.bob, submitted.bob.get(f"annotations/{submitted.row['id']}/"), **change)
    assert submitted.now() == ("done", "accepted")


def test_with_the_rule_off_a_change_takes_the_acceptance_away(submitted: Place) -> None:
    submitted.accept(submitted.dana)
    submitted.rule(mode="off")
    submitted.add(submitted.bob)
    assert submitted.now() == ("done", "none")


def test_a_label_merged_away_is_one_decision_for_all_images(submitted: Place) -> None:
    submitted.accept(submitted.dana)
    lynx = Label.objects.create(project=submitted.project, name="lynx", color="#00ff00")
    submitted.alice.does(f"labels/{submitted.cat.pk}/merge/", {"into": str(lynx.pk)})
    assert submitted.now() == ("done", "accepted")


def test_a_label_merged_away_in_the_middle_of_a_review_is_seen_first_and_makes_nobody_its_author(
    submitted: Place,
) -> None:
    seq = submitted.seen(submitted.alice)["seq"]
    lynx = Label.objects.create(project=submitted.project, name="lynx", color="#00ff00")
    submitted.alice.does(f"labels/{submitted.cat.pk}/merge/", {"into": str(lynx.pk)})
    status, body = submitted.alice.post(f"images/{submitted.image.pk}/review/accept/", {"seq": seq})
    assert (status, body["code"]) == (409, "changed_meanwhile")
    submitted.accept(submitted.alice)


def test_a_decision_is_taken_back(submitted: Place) -> None:
    assert submitted.rita.post(f"images/{submitted.image.pk}/review/reopen/")[0] == 409
    submitted.accept(submitted.dana)
    submitted.dana.does(f"images/{submitted.image.pk}/review/reopen/")
    assert submitted.now() == ("done", "waiting")
    submitted.send_back(submitted.dana)
    submitted.dana.does(f"images/{submitted.image.pk}/review/reopen/")
    assert submitted.now() == ("done", "waiting")
    submitted.accept(submitted.dana)


def test_an_image_in_the_bin_waits_for_nobody_and_comes_back_as_it_was(submitted: Place) -> None:
    queue = f"projects/{submitted.project.pk}/reviews/"
    assert len(submitted.dana.get(queue)["results"]) == 1
    submitted.alice.send("delete", f"images/{submitted.image.pk}/")
    assert submitted.dana.get(queue)["results"] == []
    assert submitted.dana.does(f"{queue}next/") == {"image": None}
    assert submitted.dana.post(f"images/{submitted.image.pk}/review/accept/", {"seq": 1})[0] == 404
    submitted.alice.does(f"images/{submitted.image.pk}/restore/")
    assert submitted.dana.does(f"{queue}next/") == {"image": str(submitted.image.pk)}
    submitted.accept(submitted.dana)


def test_an_image_deleted_for_good_takes_its_review_along(submitted: Place) -> None:
    submitted.send_back(submitted.dana)
    submitted.alice.send("delete", f"images/{submitted.image.pk}/")
    assert submitted.alice.send("delete", f"projects/{submitted.project.pk}/bin/")[0] == 204
    assert submitted.bob.get(f"projects/{submitted.project.pk}/reviews/returned/") == {"images": []}


def test_lists_are_narrowed_by_what_the_review_says(submitted: Place) -> None:
    images = f"projects/{submitted.project.pk}/images/"
    assert [row["review"] for row in submitted.bob.get(images)["results"]] == ["waiting"]
    for review, count in (("waiting", 1), ("accepted", 0), ("returned", 0), ("none", 0)):
        assert len(submitted.bob.get(f"{images}?review={review}")["results"]) == count
    assert submitted.bob.send("get", f"{images}?review=well")[0] == 400


def test_who_is_no_reviewer_any_more_decides_nothing(submitted: Place) -> None:
    Membership.objects.filter(user=submitted.dana.user).update(role="annotator")
    assert submitted.decide(submitted.dana, "accept")[0] == 403

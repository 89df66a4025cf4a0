"""How far the images of a project were at the end of each day, and when the rest will be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from annotator.dashboard.models import Step
from annotator.projects.models import Image
from tests.annotator.annotations.conftest import make_image
from tests.annotator.reviews.conftest import Place

Ask = Callable[..., dict[str, Any]]


def steps(place: Place) -> list[tuple[str, str, str]]:
    rows = Step.objects.filter(image=place.image).order_by("created")
    return [(row.before, row.after, row.actor.username) for row in rows]


def test_every_way_on_and_back_is_a_step(harbour: Place) -> None:
    row = harbour.add(harbour.bob)
    harbour.done(harbour.bob)
    harbour.send_back(harbour.dana)
    harbour.done(harbour.bob)
    harbour.accept(harbour.dana)
    harbour.change(harbour.bob, harbour.bob.get(f"annotations/{row['id']}/"), label=None)
    harbour.accept(harbour.rita)
    harbour.rita.does(f"images/{harbour.image.pk}/review/reopen/")
    harbour.done(harbour.bob, state="new")
    assert steps(harbour) == [
        ("new", "in_progress", "bob"),
        ("in_progress", "done", "bob"),
        ("done", "in_progress", "dana"),
        ("in_progress", "done", "bob"),
        ("done", "accepted", "dana"),
        ("accepted", "done", "bob"),
        ("done", "accepted", "rita"),
        ("accepted", "done", "rita"),
        ("done", "new", "bob"),
    ]


def test_what_moves_nothing_is_no_step(harbour: Place) -> None:
    harbour.add(harbour.bob)
    harbour.add(harbour.bob)
    harbour.done(harbour.bob)
    harbour.done(harbour.bob)
    assert len(steps(harbour)) == 2


def test_progress_says_where_the_images_stood_each_evening(
    harbour: Place, numbers: Ask, days_pass: Callable[[int], None]
) -> None:
    images = [harbour.image, *(make_image(harbour.project, f"{name}.jpg") for name in "bcd")]
    Image.objects.update(created=images[0].created - timedelta(days=5))
    harbour.add(harbour.bob, images[0])
    harbour.done(harbour.bob, images[1])
    days_pass(2)
    harbour.done(harbour.bob, images[0])
    harbour.accept(harbour.dana, images[1])
    make_image(harbour.project, "new.jpg")
    progress = numbers(harbour.alice, "?days=7")["progress"]
    shown = [tuple(row[name] for name in ("images", "new", "in_progress", "done", "accepted")) for row in progress]
    assert shown == [
        (0, 0, 0, 0, 0), (4, 4, 0, 0, 0), (4, 4, 0, 0, 0), (4, 4, 0, 0, 0),
        (4, 2, 1, 1, 0), (4, 2, 1, 1, 0), (5, 3, 0, 1, 1),
    ]  # fmt: skip


def test_the_rest_is_estimated_by_what_was_finished_on_balance(
    harbour: Place, numbers: Ask, days_pass: Callable[[int], None]
) -> None:
    images = [harbour.image, *(make_image(harbour.project, f"{name}.jpg") for name in "bcdefgh")]
    for image in images[:3]:
        harbour.done(harbour.bob, image)
    days_pass(3)
    harbour.done(harbour.bob, images[2], state="in_progress")
    estimate = numbers(harbour.alice)["estimate"]
    # Two on balance in four days; six are left.
    assert (estimate["left"], estimate["per_day"], estimate["days"]) == (6, 0.5, 12)
    assert estimate["finish"] > numbers(harbour.alice)["days"][-1]["day"]


def test_the_bin_is_not_counted(harbour: Place, numbers: Ask) -> None:
    harbour.done(harbour.bob)
    harbour.alice.send("delete", f"images/{harbour.image.pk}/")
    body = numbers(harbour.alice)
    assert (body["progress"][-1]["images"], body["estimate"]["left"], body["estimate"]["per_day"]) == (0, 0, 0.0)

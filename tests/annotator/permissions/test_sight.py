"""Where annotators see only their own jobs, no route tells them anything of other images: every row of the table."""

from __future__ import annotations

import contextlib
import string
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse

from annotator.accounts.choices import Role
from annotator.accounts.models import User
from annotator.jobs.models import Job, JobImage
from annotator.lib.errors import Conflict
from annotator.projects.models import Image
from annotator.runs.models import Run
from tests.annotator.permissions.row import Row
from tests.annotator.permissions.test_table import ROWS, filled, person, things
from tests.annotator.world import World, client_of, make_image, make_member, make_project, make_user

# The same routes run on PostgreSQL in test_table.py.
pytestmark = pytest.mark.any_database

WHOLE = {"run", "export", "snapshot", "comparison", "difference"}
"""Which are about more than one's own image, so that having a job opens none of them."""
ON_IMAGES = {
    "image",
    "annotation",
    "suggestion",
    "embedding",
    "example",
    "job",
    "pair",
    "thread",
    "comment",
    "region",
    "act",
} | WHOLE


def names_of(row: Row) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(row.url) if name}


def ask(world: World, row: Row, user: User, *, own: bool = False) -> HttpResponse:
    """The row's request; `own` gives the person its image first."""
    make_user("Zoe")
    names = things(world) | (row.prepare(world) if row.prepare else {})
    if own:
        give(user, *Image.with_bin.filter(pk__in={str(world.image.pk), names["image"]}))
    body = row.body(world) if callable(row.body) else row.body
    client = client_of(user)
    client.force_login(user)
    kwargs: dict[str, Any] = {"format": "multipart" if row.form else "json"} if body is not None else {}
    answer: HttpResponse = getattr(client, row.method)(row.url.format(**names), filled(body, names), **kwargs)
    return answer


@pytest.fixture
def annotator(world: World) -> User:
    world.project.annotators_see = "own"
    world.project.save()
    user = person(world, "annotator")
    assert user is not None
    return user


def give(user: User, *images: Image) -> None:
    """The images become the person's, in a job of their own."""
    JobImage.objects.filter(image__in=images).delete()
    job = Job.objects.create(project=images[0].project, number=100, assignee=user)
    JobImage.objects.bulk_create(JobImage(job=job, image=image) for image in images)


ABOUT = [row for row in ROWS if names_of(row) & ON_IMAGES]
OTHERS = [row for row in ROWS if not names_of(row) & ON_IMAGES and not row.url.endswith("/next/")]


@pytest.mark.parametrize("row", ABOUT, ids=lambda row: f"{row.method} {row.url}")
def test_another_image_and_what_is_on_it_do_not_exist(world: World, annotator: User, row: Row) -> None:
    assert ask(world, row, annotator).status_code == 404


@pytest.mark.parametrize(
    "row", [row for row in ABOUT if not names_of(row) & (WHOLE | {"job"})], ids=lambda row: f"{row.method} {row.url}"
)
def test_ones_own_image_is_as_everywhere(world: World, annotator: User, row: Row) -> None:
    # Whoever carries objects along comes to no image of another's: for this person there is no next one.
    expected = 409 if "propagate" in row.url else row.expected("annotator")
    assert ask(world, row, annotator, own=True).status_code == expected


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: f"{row.method} {row.url}")
def test_nothing_else_tells_of_it(world: World, annotator: User, row: Row) -> None:
    """Everything that hangs on the image is made first, as far as rows of the table make it."""
    # In the table's order: a set of functions is walked by their addresses, another way in every process.
    for prepare in dict.fromkeys(other.prepare for other in ROWS):
        if prepare not in (None, row.prepare) and not prepare.__name__.startswith("_binned"):
            try_to_prepare(world, prepare)
    answer = ask(world, row, annotator)
    assert answer.status_code == row.expected("annotator")
    if not answer.streaming:
        told = answer.content.decode(errors="replace")
        assert [secret for secret in (str(world.image.pk), world.image.sha256) if secret in told] == []


def try_to_prepare(world: World, prepare: Callable[[World], dict[str, str]]) -> None:
    # An earlier one made it, or undid what this one is about.
    with contextlib.suppress(IntegrityError, Conflict), transaction.atomic():
        prepare(world)


def test_lists_hold_ones_own_images_only(world: World, annotator: User) -> None:
    mine = make_image(world.project, "mine.png")
    give(annotator, mine)
    client = client_of(annotator)
    url = f"/api/v1/projects/{world.project.pk}/"
    for address in (f"{url}images/", f"{url}images/index/"):
        assert [row["id"] for row in client.get(address).json()["results"]] == [str(mine.pk)]
    assert client.get(url).json()["counts"]["images"] == 1
    assert client.get(f"{url}images/index/?around={world.image.pk}").status_code == 404
    assert client.get(f"{url}images/index/?around={mine.pk}").json()["count"] == 1
    assert client.get(f"/api/v1/images/{mine.pk}/unfinished/").json()["image"] is None
    assert len(world.as_dana.get(f"{url}images/").json()["results"]) == 2


def test_runs_about_ones_own_images_and_those_one_asked_for_are_seen(world: World, annotator: User) -> None:
    mine = make_image(world.project, "mine.png")
    give(annotator, mine)
    theirs, about, asked = (
        Run.objects.create(kind="embed", project=world.project, subject=subject, requested_by=by)
        for subject, by in ((world.image.pk, None), (mine.pk, None), (world.image.pk, annotator))
    )
    client = client_of(annotator)
    assert {row["id"] for row in client.get("/api/v1/runs/").json()["results"]} == {str(about.pk), str(asked.pk)}
    statuses = [client.get(f"/api/v1/runs/{run.pk}/").status_code for run in (theirs, about, asked)]
    assert statuses == [404, 200, 200]
    assert len(world.as_dana.get("/api/v1/runs/").json()["results"]) == 3


def test_a_job_that_is_taken_away_takes_its_images_along(world: World, annotator: User) -> None:
    give(annotator, world.image)
    client = client_of(annotator)
    url = f"/api/v1/images/{world.image.pk}/"
    assert client.get(url).status_code == 200
    Job.objects.update(assignee=None)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.ANNOTATOR])
def test_the_rule_is_for_annotators_alone(world: World, annotator: User, role: str) -> None:
    user = make_user("Other")
    make_member(world.project, user, Role(role))
    assert client_of(user).get(f"/api/v1/images/{world.image.pk}/").status_code == 200


def test_the_rule_of_one_project_binds_in_no_other(world: World, annotator: User) -> None:
    elsewhere = make_project(world.alice, "Dogs")
    make_member(elsewhere, annotator, Role.ANNOTATOR)
    image = make_image(elsewhere)
    client = client_of(annotator)
    assert client.get(f"/api/v1/images/{image.pk}/").status_code == 200
    counts = {row["name"]: row["counts"]["images"] for row in client.get("/api/v1/projects/").json()["results"]}
    assert counts == {"Cats": 0, "Dogs": 1}


def test_a_manager_sets_the_rule(world: World) -> None:
    url = f"/api/v1/projects/{world.project.pk}/"
    assert world.as_alice.get(url).json()["annotators_see"] == "all"
    assert world.as_alice.patch(url, {"annotators_see": "own"}, format="json").json()["annotators_see"] == "own"
    assert world.as_bob.get(f"{url}images/").json()["results"] == []
    assert world.as_alice.patch(url, {"annotators_see": "some"}, format="json").status_code == 400

"""Jobs as they are listed: progress, state, filters, a fixed number of queries; the pages; the editor's walk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotator.jobs.models import Job
from annotator.projects import bins
from annotator.projects.copies import make_copies
from annotator.projects.models import Image
from tests.annotator.jobs.conftest import MakeJob
from tests.annotator.world import World, make_image, make_project


def listed(world: World, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.as_alice.get(f"/api/v1/projects/{world.project.pk}/jobs/{query}").json()[
        "results"
    ]
    return rows


def browser(world: World) -> Client:
    client = Client()
    client.force_login(world.alice)
    return client


@pytest.fixture
def four(images: list[Image], make_job: MakeJob, world: World) -> list[Job]:
    """A job in the pool, one of Bob's, a paused one, a done one."""
    Image.objects.filter(pk=images[5].pk).update(state="done")
    return [
        make_job(images[0], images[1]),
        make_job(images[2], assignee=world.bob),
        make_job(images[3], images[4], paused=True, assignee=world.bob),
        make_job(images[5], assignee=world.dana),
    ]


def test_each_job_says_how_it_is_and_how_far(world: World, four: list[Job]) -> None:
    states = [(row["number"], row["state"], row["done"], row["images"]) for row in listed(world)]
    assert states == [(1, "pool", 0, 2), (2, "taken", 0, 1), (3, "paused", 0, 2), (4, "done", 1, 1)]


def test_the_list_is_narrowed_by_state_and_person(world: World, four: list[Job]) -> None:
    for number, state in enumerate(("pool", "taken", "paused", "done"), start=1):
        assert [row["number"] for row in listed(world, f"?state={state}")] == [number]
    assert [row["number"] for row in listed(world, f"?assignee={world.bob.pk}")] == [2, 3]
    assert world.as_alice.get(f"/api/v1/projects/{world.project.pk}/jobs/?state=lost").status_code == 400


def test_a_deleted_image_counts_for_nothing_until_it_is_restored(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    make_job(images[0], images[1])
    bins.put(images[0])
    assert listed(world)[0]["images"] == 1
    bins.put(images[1])
    assert (listed(world)[0]["images"], listed(world)[0]["state"]) == (0, "done")
    bins.restore(images[0])
    assert listed(world)[0]["next_image"] == str(images[0].pk)


def test_a_reopened_image_opens_its_job(world: World, four: list[Job]) -> None:
    Image.objects.update(state="in_progress")
    assert listed(world)[3]["state"] == "taken"


def test_progress_of_project_and_people_and_others_only_for_managers(
    world: World, four: list[Job], make_job: MakeJob
) -> None:
    url = f"/api/v1/projects/{world.project.pk}/jobs/progress/"
    whole = world.as_alice.get(url).json()
    assert (whole["images"], whole["done"], whole["in_jobs"]) == (6, 1, 6)
    copies = make_copies([image.pk for image in Image.objects.filter(in_job__isnull=False)])
    make_job(*copies.values(), assignee=world.dana)
    assert world.as_alice.get(url).json()["in_jobs"] == 6, "an image with a copy in another job is one image"
    Job.objects.latest("number").delete()
    people = {row["user"] and row["user"]["name"]: (row["jobs"], row["images"], row["done"]) for row in whole["people"]}
    assert people == {None: (1, 2, 0), "Bob": (2, 3, 0), "Dana": (1, 1, 1)}
    assert [row["user"]["name"] for row in world.as_bob.get(url).json()["people"]] == ["Bob"]


def test_a_change_of_many_jobs_is_all_or_nothing(world: World, four: list[Job]) -> None:
    elsewhere = Job.objects.create(project=make_project(world.alice, "Dogs"), number=1)
    url = f"/api/v1/projects/{world.project.pk}/jobs/"
    mixed = {"jobs": [str(four[0].pk), str(elsewhere.pk)], "priority": "urgent"}
    answer = world.as_alice.patch(url, mixed, format="json")
    assert (answer.status_code, "1 job of these do not exist" in answer.json()["message"]) == (400, True)
    body = {"jobs": [str(job.pk) for job in four[:2]], "priority": "urgent", "due": "2999-01-31"}
    assert world.as_alice.patch(url, body | {"assignee": str(world.dana.pk)}, format="json").status_code == 204
    rows = listed(world)[:2]
    assert [(row["priority"], row["due"], row["assignee"]["name"]) for row in rows] == [
        ("urgent", "2999-01-31", "Dana")
    ] * 2
    assert world.as_alice.post(f"{url}delete/", mixed | {"priority": None}, format="json").status_code == 400
    assert world.as_alice.post(f"{url}delete/", {"jobs": mixed["jobs"]}, format="json").status_code == 400
    assert world.as_alice.post(f"{url}delete/", {"jobs": mixed["jobs"][:1]}, format="json").status_code == 204
    assert (Image.objects.count(), Job.objects.filter(project=world.project).count()) == (6, 3)


def test_a_job_given_to_a_person_loses_its_lease(world: World, images: list[Image], make_job: MakeJob) -> None:
    job = make_job(images[0])
    world.as_bob.post(f"/api/v1/projects/{world.project.pk}/jobs/next/")
    url = f"/api/v1/jobs/{job.pk}/"
    changed = world.as_alice.patch(url, {"assignee": str(world.dana.pk), "name": "Hard ones"}, format="json").json()
    assert (changed["assignee"]["name"], changed["lease_until"], changed["title"]) == (
        "Dana",
        None,
        "Job 1 · Hard ones",
    )
    assert world.as_alice.patch(url, {"assignee": str(world.charlie.pk)}, format="json").status_code == 400
    assert world.as_alice.patch(url, {"assignee": None}, format="json").json()["state"] == "pool"


def test_ones_own_work_is_in_turn_and_without_what_one_may_not_do(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    make_job(images[0], assignee=world.bob)
    make_job(images[1], assignee=world.bob, priority=3)
    make_job(images[2], assignee=world.bob, paused=True)
    make_job(images[3], assignee=world.bob, project=make_project(world.alice, "Dogs"))
    rows = world.as_bob.get("/api/v1/work/").json()["results"]
    assert [(row["number"], row["project_name"]) for row in rows] == [(2, "Cats"), (1, "Cats")]


def test_the_images_of_a_job_are_its_index(world: World, images: list[Image], make_job: MakeJob) -> None:
    job = make_job(images[3], images[1])
    url = f"/api/v1/jobs/{job.pk}/images/"
    whole = world.as_bob.get(url).json()
    assert [row["id"] for row in whole["results"]] == [str(images[1].pk), str(images[3].pk)]
    assert (whole["count"], whole["start"]) == (2, 0)
    around = world.as_bob.get(f"{url}?around={images[3].pk}&limit=1").json()
    assert (around["start"], [row["id"] for row in around["results"]]) == (1, [str(images[3].pk)])
    foreign = make_image(make_project(world.alice, "Dogs"))
    assert world.as_bob.get(f"{url}?around={foreign.pk}").status_code == 404


def test_the_next_unfinished_image_is_one_of_the_job(world: World, images: list[Image], make_job: MakeJob) -> None:
    job = make_job(images[0], images[2], images[4])
    url = f"/api/v1/jobs/{job.pk}/unfinished/{{}}/"
    after = [world.as_bob.get(url.format(images[at].pk)).json()["image"] for at in (0, 2, 4)]
    assert after == [str(images[2].pk), str(images[4].pk), str(images[0].pk)]
    Image.objects.filter(pk__in=[images[0].pk, images[2].pk]).update(state="done")
    assert world.as_bob.get(url.format(images[4].pk)).json()["image"] is None


def test_the_editor_walks_through_the_job_that_is_asked_for_if_the_image_is_in_it(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    job = make_job(images[0])
    page = f"/projects/{world.project.pk}/images/{{}}/edit/?job={{}}"
    config = f'"job": {{"id": "{job.pk}", "title": "Job 1"}}'
    client = browser(world)
    assert config in client.get(page.format(images[0].pk, job.pk)).content.decode()
    for image, asked in ((images[1], job.pk), (images[0], "nonsense")):
        assert '"job": null' in client.get(page.format(image.pk, asked)).content.decode()


def test_the_page_tells_what_is_late_and_narrows_by_state(world: World, images: list[Image], make_job: MakeJob) -> None:
    make_job(images[0], due=date(2020, 1, 1), name="Old")
    make_job(images[1], due=date(2999, 1, 1), paused=True)
    client, url = browser(world), f"/projects/{world.project.pk}/jobs/"
    assert client.get(url).content.decode().count("(late)") == 1
    paused = client.get(f"{url}?state=paused").content.decode()
    assert ("Job 2" in paused, "Old" in paused) == (True, False)
    assert client.get(f"{url}?state=lost").status_code == 200


def test_next_stands_on_the_projects_page_while_there_is_work_for_this_person(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    client, url = browser(world), f"/projects/{world.project.pk}/"
    assert "data-next" not in client.get(url).content.decode()
    job = make_job(images[0])
    assert "data-next" in client.get(url).content.decode()
    Job.objects.filter(pk=job.pk).update(assignee=world.bob)
    assert "data-next" not in client.get(url).content.decode()
    Job.objects.filter(pk=job.pk).update(assignee=world.alice)
    assert "data-next" in client.get(url).content.decode()
    Image.objects.filter(pk=images[0].pk).update(state="done")
    assert "data-next" not in client.get(url).content.decode()


@pytest.mark.parametrize("where", ["list", "progress", "page", "work page", "work", "next"])
def test_more_jobs_take_no_more_queries(world: World, make_job: MakeJob, where: str) -> None:
    project = f"/api/v1/projects/{world.project.pk}/jobs/"
    ask: dict[str, Callable[[], Any]] = {
        "list": lambda: world.as_alice.get(project),
        "progress": lambda: world.as_alice.get(f"{project}progress/"),
        "page": lambda: browser(world).get(f"/projects/{world.project.pk}/jobs/"),
        "work page": lambda: browser(world).get("/work/"),
        "work": lambda: world.as_alice.get("/api/v1/work/"),
        "next": lambda: world.as_alice.post(f"{project}next/"),
    }

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert ask[where]().status_code == 200
        return len(seen)

    for number in range(3):
        make_job(make_image(world.project, f"a{number}.png"), assignee=world.alice)
    few = count()
    for number in range(12):
        make_job(make_image(world.project, f"b{number}.png"), assignee=world.alice)
    assert count() == few

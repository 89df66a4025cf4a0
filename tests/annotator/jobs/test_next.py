"""Handing out: in turn, one's own first, on a lease that work renews; what people leave behind comes back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from rest_framework.test import APIClient

from annotator.accounts.models import User
from annotator.accounts.services import switch_off
from annotator.annotations import services
from annotator.jobs import handout
from annotator.jobs.models import Job
from annotator.projects.models import Image, Membership
from annotator.projects.services import change_role, remove_member
from tests.annotator.jobs.conftest import MakeJob
from tests.annotator.permissions.rows_annotations import mask_of
from tests.annotator.world import World, make_project


def ask(world: World, client: APIClient) -> dict[str, Any]:
    response = client.post(f"/api/v1/projects/{world.project.pk}/jobs/next/")
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def number(answer: dict[str, Any]) -> int | None:
    return answer["job"] and answer["job"]["number"]


def holder(job: Job) -> User | None:
    job.refresh_from_db()
    return job.assignee


def lapse(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def finish(job: Job) -> None:
    Image.objects.filter(in_job__job=job).update(state="done")


def test_the_urgent_go_first_then_the_due_then_the_older(world: World, images: list[Image], make_job: MakeJob) -> None:
    for image, values in zip(
        images,
        [{}, {"due": date(2999, 2, 1)}, {"due": date(2999, 1, 1)}, {"priority": 3}, {"priority": 0}, {}],
        strict=True,
    ):
        make_job(image, **values)
    order = []
    while (answer := ask(world, world.as_bob))["job"]:
        order.append(number(answer))
        Image.objects.filter(pk=answer["image"]).update(state="done")
    assert order == [4, 3, 2, 1, 6, 5]
    assert answer == {"job": None, "image": None}


def test_it_goes_on_with_ones_own_job_at_its_first_image_that_is_not_done(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    make_job(images[0])
    mine = make_job(*images[1:4], assignee=world.bob)
    Image.objects.filter(pk=images[1].pk).update(state="done")
    answer = ask(world, world.as_bob)
    assert (number(answer), answer["image"]) == (mine.number, str(images[2].pk))
    assert answer["job"]["done"] == 1
    finish(mine)
    assert number(ask(world, world.as_bob)) == 1


def test_what_a_review_returned_comes_first(world: World, images: list[Image], make_job: MakeJob) -> None:
    make_job(images[0], assignee=world.bob, priority=3)
    back = make_job(images[1], images[2], assignee=world.bob)
    Image.objects.filter(pk=images[2].pk).update(state="in_progress", review="returned")
    answer = ask(world, world.as_bob)
    assert (number(answer), answer["image"], answer["job"]["returned"]) == (back.number, str(images[2].pk), 1)
    Image.objects.filter(pk=images[2].pk).update(state="done", review="waiting")
    assert number(ask(world, world.as_bob)) == 1


def test_a_paused_job_and_one_without_images_are_handed_to_nobody(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    make_job()
    paused = make_job(images[0], paused=True)
    own = make_job(images[1], paused=True, assignee=world.bob)
    assert number(ask(world, world.as_bob)) is None
    body = {"jobs": [str(paused.pk), str(own.pk)], "paused": False}
    assert world.as_alice.patch(f"/api/v1/projects/{world.project.pk}/jobs/", body, format="json").status_code == 204
    assert number(ask(world, world.as_bob)) == own.number


def test_a_job_from_the_pool_is_taken_on_a_lease_and_comes_back_when_that_lapses(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    job = make_job(images[0])
    assert ask(world, world.as_bob)["job"]["lease_until"]
    assert number(ask(world, world.as_dana)) is None
    lapse(job)
    assert number(ask(world, world.as_dana)) == job.number
    assert holder(job) == world.dana


def test_what_a_lead_gave_to_somebody_never_lapses(world: World, images: list[Image], make_job: MakeJob) -> None:
    job = make_job(images[0], assignee=world.bob)
    handout.give_back_lapsed(world.project)
    assert holder(job) == world.bob


def test_a_finished_job_stays_with_who_did_it(world: World, images: list[Image], make_job: MakeJob) -> None:
    job = make_job(images[0])
    ask(world, world.as_bob)
    finish(job)
    lapse(job)
    ask(world, world.as_dana)
    assert holder(job) == world.bob


def test_saving_and_having_an_image_open_renew_the_lease_of_its_holder(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    job = make_job(images[0])
    ask(world, world.as_bob)
    for work in (
        lambda: services.create(images[0], world.bob, None, {"rle": mask_of(world)}),
        lambda: services.announce(images[0], world.bob, "tab"),
    ):
        lapse(job)
        services.announce(images[0], world.dana, "tab")
        services.announce(images[1], world.bob, "tab")
        job.refresh_from_db()
        assert job.lease_until < timezone.now()
        work()
        job.refresh_from_db()
        assert job.lease_until > timezone.now()


def test_who_leaves_leaves_their_open_jobs_behind(world: World, images: list[Image], make_job: MakeJob) -> None:
    """Removed, made a viewer, switched off: only open jobs, and only where they may not work any more."""
    elsewhere = make_project(world.alice, "Dogs")
    member = Membership.objects.get(project=world.project, user=world.bob)
    for leave, lost in (
        (lambda: change_role(member, "viewer"), 1),
        (lambda: remove_member(member), 1),
        (lambda: switch_off(world.bob), 2),
    ):
        Job.objects.all().delete()
        jobs = [
            make_job(images[0], assignee=world.bob),
            make_job(images[1], assignee=world.bob, project=elsewhere),
            make_job(images[2], assignee=world.bob),
        ]
        finish(jobs[2])
        leave()
        assert [holder(job) for job in jobs] == [None, None if lost == 2 else world.bob, world.bob]


def test_another_role_that_may_annotate_keeps_the_jobs(world: World, images: list[Image], make_job: MakeJob) -> None:
    job = make_job(images[0], assignee=world.bob)
    change_role(Membership.objects.get(project=world.project, user=world.bob), "manager")
    assert holder(job) == world.bob


def test_a_finished_job_that_is_reopened_after_its_person_left_is_nobodys(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    job = make_job(images[0], assignee=world.bob)
    finish(job)
    remove_member(Membership.objects.get(project=world.project, user=world.bob))
    Image.objects.filter(pk=images[0].pk).update(state="in_progress")
    assert number(ask(world, world.as_dana)) == job.number


def test_one_gives_back_ones_own_job_and_a_manager_anybodys(
    world: World, images: list[Image], make_job: MakeJob
) -> None:
    job = make_job(images[0], assignee=world.bob)
    url = f"/api/v1/jobs/{job.pk}/give-back/"
    assert world.as_dana.post(url).status_code == 403
    assert world.as_bob.post(url).status_code == 204
    assert holder(job) is None
    Job.objects.update(assignee=world.bob)
    assert world.as_alice.post(url).status_code == 204
    assert holder(job) is None

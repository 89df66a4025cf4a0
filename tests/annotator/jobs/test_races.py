"""Many who ask at once: real transactions on the database at hand (PostgreSQL, or SQLite)."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

from annotator.accounts.models import User
from annotator.accounts.services import switch_off
from annotator.jobs.handout import give_back_lapsed, next_job
from annotator.jobs.models import Job, JobImage
from annotator.jobs.services import change
from annotator.jobs.split import Wanted, split
from annotator.lib.errors import ApiError
from annotator.projects.models import Image, Project
from annotator.projects.services import remove_member
from tests.annotator.together import at_once
from tests.annotator.world import make_image, make_member, make_project, make_user

PEOPLE, JOBS = 8, 12

pytestmark = pytest.mark.django_db(transaction=True)
race = partial(at_once, refused=(ApiError,))


@pytest.fixture
def project() -> Project:
    return make_project(make_user("Lead"), "Race")


@pytest.fixture
def people(project: Project) -> list[User]:
    people = [make_user(f"P{number}") for number in range(PEOPLE)]
    for person in people:
        make_member(project, person, "annotator")
    return people


def fill(project: Project, jobs: int) -> None:
    for number in range(1, jobs + 1):
        job = Job.objects.create(project=project, number=number)
        JobImage.objects.create(job=job, image=make_image(project, f"{number}.png"))


def test_no_job_is_given_to_two_people_and_none_is_forgotten(project: Project, people: list[User]) -> None:
    """Everybody takes until nothing is left; each image done makes room for the next."""
    fill(project, JOBS)
    taken: list[tuple[Any, Any]] = []

    def work_off(person: User) -> None:
        while (job := next_job(project, person)) is not None:
            taken.append((job.pk, person.pk))
            project.images.filter(in_job__job=job).update(state="done")

    race(*(partial(work_off, person) for person in people))
    assert Counter(Counter(pk for pk, _ in taken).values()) == {1: JOBS}
    assert {(job.pk, job.assignee_id) for job in Job.objects.all()} == set(taken)


def test_of_many_who_ask_for_the_last_job_one_gets_it(project: Project, people: list[User]) -> None:
    fill(project, 1)
    got = [job for job in race(*(partial(next_job, project, person) for person in people)) if job]
    assert len(got) == 1
    assert Job.objects.get().assignee == got[0].assignee


def test_two_tabs_of_one_person_get_one_job(project: Project, people: list[User]) -> None:
    fill(project, 2)
    first, second = race(*[lambda: next_job(project, people[0])] * 2)
    assert first == second
    assert Job.objects.filter(assignee=None).count() == 1


@pytest.mark.parametrize("away", ["removed", "switched off"])
def test_who_leaves_while_asking_takes_nothing_along(project: Project, people: list[User], away: str) -> None:
    def leave(person: User) -> None:
        if away == "removed":
            remove_member(project.memberships.get(user=person))
        else:
            switch_off(person)

    for person in people[:4]:
        Job.objects.all().delete()
        fill(project, 1)
        race(partial(leave, person), partial(next_job, project, person))
        assert Job.objects.get().assignee is None


def test_a_lapsed_job_has_one_new_holder(project: Project, people: list[User], settings: Any) -> None:
    fill(project, 1)
    first = next_job(project, people[0])
    assert first is not None
    Job.objects.update(lease_until="2020-01-01T00:00:00Z")
    sweeps = [lambda: give_back_lapsed(project)] * 2
    asks = [partial(next_job, project, person) for person in people[1:]]
    got = [job for job in race(*sweeps, *asks) if job]
    assert len(got) == 1
    assert Job.objects.get().assignee == got[0].assignee != people[0]


def test_two_leads_who_split_at_once_make_no_image_double(project: Project, people: list[User]) -> None:
    images = [make_image(project, f"{number}.png") for number in range(6)]
    lead = people[0]
    answers = race(*[lambda: split(project, lead, Wanted(jobs=2))] * 3)
    assert sum(isinstance(answer, ApiError) for answer in answers) == 2
    assert JobImage.objects.count() == len(images)
    assert sorted(Job.objects.values_list("number", flat=True)) == [1, 2]


def test_many_who_ask_at_once_get_no_image_twice(project: Project, people: list[User]) -> None:
    """Three copies of each image in the pool, and everybody takes until nothing is left for them."""
    images = [make_image(project, f"{number}.png") for number in range(4)]
    split(project, people[0], Wanted(size=1, overlap=3))
    had: list[tuple[Any, Any]] = []

    def work_off(person: User) -> None:
        while (job := next_job(project, person)) is not None:
            had.append((person.pk, Image.workable.get(in_job__job=job).copy_of_id))
            Image.workable.filter(in_job__job=job).update(state="done")

    race(*(partial(work_off, person) for person in people))
    assert len(set(had)) == len(had) == 3 * len(images)
    assert not Job.objects.filter(assignee=None).exists()


def test_a_lead_who_gives_and_a_person_who_takes_make_no_image_double(project: Project, people: list[User]) -> None:
    """Whichever is first: nobody has both copies, and none is lost."""
    image, person = make_image(project, "0.png"), people[0]
    first, second = split(project, person, Wanted(jobs=1, overlap=2)).jobs
    race(partial(next_job, project, person), lambda: change(project, people[1], [second.pk], {"assignee": person.pk}))
    mine = Image.workable.filter(copy_of=image, in_job__job__assignee=person)
    assert mine.count() == 1
    assert JobImage.objects.filter(job__in=[first.pk, second.pk]).count() == 2

"""Parts of pictures that are encoded on their own: who may ask, for how many, and which are kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from annotator.accounts.choices import Role
from annotator.inference.models import Embedding, ModelVersion
from annotator.lib import storage
from annotator.projects.models import Image
from annotator.runs.models import Run
from tests.annotator.world import World, client_of, make_image, make_member, make_user

WorkOff = Callable[[], list[Run]]


@pytest.fixture
def photo(world: World, tiny: ModelVersion) -> Image:
    world.project.model_version = tiny
    world.project.save()
    return world.image


def ask(image: Image, person: Any, x: int = 0, y: int = 0) -> tuple[int, dict[str, Any]]:
    response = client_of(person).post(f"/api/v1/images/{image.pk}/embed/", {"region": [x, y, 10, 10]}, format="json")
    return response.status_code, response.json()


def kept(image: Image) -> set[str]:
    return set(Embedding.objects.filter(image=image).values_list("region_key", flat=True))


def test_who_may_only_look_asks_for_the_whole_picture_alone(world: World, photo: Image) -> None:
    viewer = make_user("Vera")
    make_member(world.project, viewer, Role.VIEWER)
    assert ask(photo, viewer)[0] == 403
    assert Run.objects.count() == 0
    assert client_of(viewer).post(f"/api/v1/images/{photo.pk}/embed/", {}, format="json").status_code == 202


def test_one_person_has_few_of_them_waiting(world: World, photo: Image, settings: Settings, work_off: WorkOff) -> None:
    settings.REGIONS_WAITING = 3
    assert [ask(photo, world.bob, x)[0] for x in range(3)] == [202] * 3
    status, error = ask(photo, world.bob, 3)
    assert (status, error["code"]) == (429, "too_many_regions")
    assert ask(photo, world.bob, 2)[0] == 202, "one that waits already is no further one"
    assert ask(photo, world.dana, 3)[0] == 202, "another person's do not count"
    assert client_of(world.bob).post(f"/api/v1/images/{photo.pk}/embed/", {}, format="json").status_code == 202
    work_off()
    assert ask(photo, world.bob, 4)[0] == 202


def test_all_people_of_a_project_have_few_of_them_waiting(world: World, photo: Image, settings: Settings) -> None:
    settings.REGIONS_WAITING = 1
    people = [world.alice, world.bob, world.dana, make_user("Eve"), make_user("Finn")]
    for person in people[3:]:
        make_member(world.project, person, Role.ANNOTATOR)
    assert [ask(photo, person, x)[0] for x, person in enumerate(people)] == [202, 202, 202, 202, 429]


def test_an_image_keeps_those_that_were_asked_for_last(
    world: World, photo: Image, settings: Settings, work_off: WorkOff
) -> None:
    settings.REGIONS_PER_IMAGE = 2
    client_of(world.bob).post(f"/api/v1/images/{photo.pk}/embed/", {}, format="json")
    for x in (0, 1):
        ask(photo, world.bob, x)
        work_off()
    first = Embedding.objects.get(region_key="0,0,10,10")
    second = Embedding.objects.get(region_key="1,0,10,10")
    assert ask(photo, world.bob, 0)[0] == 200  # somebody looks at the first one again
    ask(photo, world.bob, 2)
    work_off()
    assert kept(photo) == {"", "0,0,10,10", "2,0,10,10"}
    assert storage.has_blob(first.sha256)
    assert not storage.has_blob(second.sha256)
    status, run = ask(photo, world.bob, 1)
    assert (status, run["state"]) == (202, "queued"), "what has gone is made again"


def test_a_project_keeps_so_many_of_all_its_images(
    world: World, photo: Image, settings: Settings, work_off: WorkOff
) -> None:
    settings.REGIONS_PER_PROJECT = 2
    other = make_image(world.project, "dog.png")
    for image, x in ((photo, 0), (other, 0), (other, 1)):
        ask(image, world.bob, x)
        work_off()
    assert (kept(photo), kept(other)) == (set(), {"0,0,10,10", "1,0,10,10"})


def test_those_nobody_asked_for_in_days_go(world: World, photo: Image, settings: Settings, work_off: WorkOff) -> None:
    for x in (0, 1):
        ask(photo, world.bob, x)
    work_off()
    long_ago = timezone.now() - timedelta(days=settings.REGION_DAYS, hours=1)
    Embedding.objects.filter(region_key="0,0,10,10").update(asked=long_ago)
    ask(photo, world.bob, 2)
    work_off()
    assert kept(photo) == {"1,0,10,10", "2,0,10,10"}

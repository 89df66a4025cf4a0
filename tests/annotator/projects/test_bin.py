"""Deleted images wait in the bin for 30 days, with everything on them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from annotator.lib import storage
from annotator.projects.models import Image
from tests.annotator.world import World, make_image


def stored(sha256: str) -> bool:
    try:
        storage.open_blob(sha256).close()
    except FileNotFoundError:
        return False
    return True


def addresses(world: World) -> list[str]:
    base = f"/api/v1/images/{world.image.pk}/"
    return [base, f"{base}annotations/", f"/files/images/{world.image.pk}/{world.image.sha256}/full"]


def test_a_deleted_image_is_gone_from_everywhere_but_the_bin(world: World) -> None:
    project = f"/api/v1/projects/{world.project.pk}/"
    assert world.as_alice.delete(f"/api/v1/images/{world.image.pk}/").status_code == 204
    assert {world.as_alice.get(address).status_code for address in addresses(world)} == {404}
    assert world.as_alice.get(f"{project}images/").json()["results"] == []
    assert world.as_alice.get(f"{project}images/index/").json()["results"] == []
    assert world.as_alice.get(project).json()["counts"]["images"] == 0
    [binned] = world.as_alice.get(f"{project}bin/").json()["results"]
    assert (binned["id"], binned["name"], binned["annotations"]) == (str(world.image.pk), world.image.name, 0)
    assert stored(world.image.sha256)


def test_it_comes_back_as_it_was(world: World) -> None:
    before = world.as_alice.get(f"/api/v1/images/{world.image.pk}/").json()
    world.as_alice.delete(f"/api/v1/images/{world.image.pk}/")
    response = world.as_alice.post(f"/api/v1/images/{world.image.pk}/restore/")
    assert (response.status_code, response.json()) == (200, before)
    assert world.as_alice.post(f"/api/v1/images/{world.image.pk}/restore/").status_code == 404


def test_the_same_picture_may_be_added_again_and_then_the_old_one_stays_in_the_bin(world: World) -> None:
    world.as_alice.delete(f"/api/v1/images/{world.image.pk}/")
    again = Image.with_bin.get(pk=world.image.pk)
    again.pk, again.deleted_at = None, None
    again._state.adding = True
    again.save()
    response = world.as_alice.post(f"/api/v1/images/{world.image.pk}/restore/")
    assert (response.status_code, response.json()["code"]) == (409, "duplicate_image")


def test_emptying_deletes_for_good_what_nobody_else_needs(world: World) -> None:
    kept = make_image(world.project, "kept.png", (9, 9))
    world.as_alice.delete(f"/api/v1/images/{world.image.pk}/")
    assert world.as_alice.delete(f"/api/v1/projects/{world.project.pk}/bin/").status_code == 204
    assert not Image.with_bin.filter(pk=world.image.pk).exists()
    assert not stored(world.image.sha256)
    assert stored(kept.sha256)


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
def test_the_next_deletion_takes_along_what_has_been_there_for_30_days(world: World, days: int, stays: bool) -> None:
    world.as_alice.delete(f"/api/v1/images/{world.image.pk}/")
    Image.with_bin.filter(pk=world.image.pk).update(deleted_at=timezone.now() - timedelta(days=days))
    world.as_alice.delete(f"/api/v1/images/{make_image(world.project, 'other.png', (9, 9)).pk}/")
    assert Image.with_bin.filter(pk=world.image.pk).exists() == stays


def test_deleting_a_project_deletes_its_bin(world: World) -> None:
    world.as_alice.delete(f"/api/v1/images/{world.image.pk}/")
    assert world.as_alice.delete(f"/api/v1/projects/{world.project.pk}/").status_code == 204
    assert not stored(world.image.sha256)

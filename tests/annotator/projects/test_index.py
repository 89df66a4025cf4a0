"""The index of images: windows of it, whatever the size of the project; where work goes on."""

from __future__ import annotations

import gzip
import secrets
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from annotator.projects import bins
from annotator.projects.models import Image
from tests.annotator.world import World, client_of, make_image

MANY = 6000


def make_rows(world: World, count: int) -> list[Image]:
    """Images without files, in the order of their names."""
    rows = [
        Image(
            project=world.project, name=f"frame{n}.png", folder="drive", sha256=secrets.token_hex(32), width=9,
            height=9, source_sha256="", thumb_sha256="", media_type="image/png", bytes=1, source_format="PNG",
        )
        for n in range(count)
    ]  # fmt: skip
    return Image.objects.bulk_create(rows)


def index(world: World, query: str = "") -> dict[str, Any]:
    response = world.as_bob.get(f"/api/v1/projects/{world.project.pk}/images/index/?{query}")
    assert response.status_code == 200, response.json()
    found: dict[str, Any] = response.json()
    return found


def names(page: dict[str, Any]) -> list[str]:
    return [row["name"] for row in page["results"]]


def test_it_has_what_a_strip_of_thumbnails_needs(world: World) -> None:
    second = make_image(world.project, "dog.png", (9, 9))
    page = index(world)
    assert (page["count"], page["start"], names(page)) == (2, 0, ["cat.png", "dog.png"])
    assert page["results"][1] == {
        "id": str(second.pk), "name": "dog.png", "folder": "", "state": "new",
        "thumb": f"/files/images/{second.pk}/{second.sha256}/thumb",
    }  # fmt: skip


def test_windows_join_to_the_whole_in_order(world: World) -> None:
    make_rows(world, 25)
    got: list[str] = []
    while len(got) < 26:
        page = index(world, f"start={len(got)}&limit=10")
        assert (page["count"], page["start"]) == (26, len(got))
        got += names(page)
    assert got == ["cat.png", *(f"frame{n}.png" for n in range(25))], "frame2 stands before frame10"
    assert index(world, "start=26")["results"] == []


@pytest.mark.parametrize(("place", "start", "length"), [(0, 0, 10), (3, 0, 10), (12, 7, 10), (25, 20, 6)])
def test_a_window_lies_around_an_image(world: World, place: int, start: int, length: int) -> None:
    rows = [world.image, *make_rows(world, 25)]
    page = index(world, f"around={rows[place].pk}&limit=10")
    assert (page["start"], len(page["results"])) == (start, length)
    assert page["results"][place - start]["id"] == str(rows[place].pk)


def test_around_an_image_in_the_bin_lies_where_it_was(world: World) -> None:
    rows = make_rows(world, 9)
    bins.put(rows[4])
    page = index(world, f"around={rows[4].pk}&limit=4")
    assert (page["count"], names(page)) == (9, ["frame2.png", "frame3.png", "frame5.png", "frame6.png"])


@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=0", 400), ("limit=501", 400), ("start=-1", 400), ("start=x", 400), ("around=1", 400),
     ("around=7b0f0a52-0d0c-4d62-9c7e-2f4b7b6f2d11", 404)],
)  # fmt: skip
def test_what_is_no_window_is_refused(world: World, query: str, status: int) -> None:
    address = f"/api/v1/projects/{world.project.pk}/images/index/?{query}"
    assert world.as_bob.get(address).status_code == status


def test_an_image_of_another_project_is_no_middle(world: World) -> None:
    other = client_of(world.bob).post("/api/v1/projects/", {"name": "Other"}, format="json").json()["id"]
    assert (
        client_of(world.bob).get(f"/api/v1/projects/{other}/images/index/?around={world.image.pk}").status_code == 404
    )


def test_thousands_of_images_cost_no_more_bytes_and_no_more_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = make_rows(world, MANY)
    client = Client(headers={"Accept-Encoding": "gzip"})
    client.force_login(world.bob)
    for place in (0, MANY // 2, MANY - 1):
        page = index(world, f"around={rows[place].pk}")
        assert page["count"] == MANY + 1
        assert page["results"][place + 1 - page["start"]]["id"] == str(rows[place].pk)
        answer = client.get(f"/api/v1/projects/{world.project.pk}/images/index/?around={rows[place].pk}")
        assert answer["Content-Encoding"] == "gzip"
        assert len(gzip.decompress(answer.content)) < 60_000
        assert len(answer.content) < 30_000
        with django_assert_num_queries(5):
            index(world, f"around={rows[place].pk}")


def test_work_goes_on_with_the_next_image_that_is_not_done_and_starts_over(world: World) -> None:
    rows = [world.image, *make_rows(world, 4)]

    def after(place: int) -> int | None:
        image = world.as_bob.get(f"/api/v1/images/{rows[place].pk}/unfinished/").json()["image"]
        return None if image is None else [str(row.pk) for row in rows].index(image)

    assert [after(place) for place in range(5)] == [1, 2, 3, 4, 0]
    Image.objects.filter(pk__in=[rows[n].pk for n in (0, 1, 3, 4)]).update(state="done")
    assert [after(place) for place in range(5)] == [2, 2, None, 2, 2], "the one that asks is not meant itself"
    bins.put(rows[2])
    assert after(0) is None

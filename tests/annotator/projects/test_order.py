"""Images stand by folder and name, whatever a clock says; the folder they came from is kept, shown and searched."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from annotator.projects.models import Image
from annotator.projects.names import MAX_FOLDER, safe_folder
from annotator.projects.order import PLACE_LENGTH, place_of
from tests.annotator.world import World, client_of, make_image, picture, upload

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ASCII = st.text(st.sampled_from("ab_- .019"), min_size=1, max_size=12)
ANY = st.text(st.characters(codec="utf-8", exclude_characters="/\0\1"), max_size=300)


def url(world: World) -> str:
    return f"/api/v1/projects/{world.project.pk}/images/"


def listed(world: World) -> list[str]:
    rows = world.as_bob.get(f"{url(world)}?limit=500").json()["results"]
    return [f"{row['folder']}/{row['name']}".lstrip("/") for row in rows]


def natural(path: str) -> list[list[tuple[int, object]]]:
    """An independent reading of the rule: a number is one sign, which stands where digits stand."""
    return [
        [(ord("0"), int(run)) if run.isdigit() else (ord(run), 0) for run in re.findall(r"\d+|\D", part)]
        for part in path.split("/")
    ]


@given(st.lists(st.lists(ASCII, min_size=1, max_size=3).map("/".join), min_size=2, max_size=8))
def test_numbers_stand_by_their_size_and_folders_stay_together(paths: list[str]) -> None:
    def place(path: str) -> str:
        folder, _, name = path.rpartition("/")
        return place_of(folder, name, NOON)

    in_place = [natural(path) for path in sorted(paths, key=place)]
    assert in_place == sorted(natural(path) for path in paths)


@given(ANY, ANY)
def test_a_place_is_short_enough_and_sorts_alike_in_every_database(folder: str, name: str) -> None:
    place = place_of(folder, name, NOON)
    assert len(place) <= PLACE_LENGTH
    assert re.fullmatch("[0-9a-f]*", place)


def test_of_names_that_read_the_same_the_spelling_then_the_time_decides() -> None:
    assert place_of("", "01.png", NOON) < place_of("", "1.png", NOON)
    assert place_of("", "A.png", NOON) < place_of("", "a.png", NOON)
    assert place_of("", "a.png", NOON) < place_of("", "a.png", NOON + timedelta(microseconds=1))
    assert place_of("", "École 2.png", NOON) < place_of("", "ecole 10.png", NOON)


@given(st.text(max_size=3000))
def test_a_safe_folder_is_relative_short_and_stable(raw: str) -> None:
    folder = safe_folder(raw)
    assert len(folder) <= MAX_FOLDER
    assert not folder.startswith("/")
    assert all(part not in ("", ".", "..") for part in folder.split("/")) or folder == ""
    assert safe_folder(folder) == folder


def test_images_stand_in_the_order_of_their_names_however_they_arrive(world: World) -> None:
    world.image.delete()
    for size, name in enumerate(["b10.png", "a.png", "b2.png", "B1.png"], start=20):
        sent = {"file": upload(picture((size, 20)), name)}
        assert world.as_alice.post(url(world), sent, "multipart").status_code == 201
    assert listed(world) == ["a.png", "B1.png", "b2.png", "b10.png"]


def test_no_clock_moves_an_image(world: World) -> None:
    world.image.delete()
    for name, hours in (("b.png", 0), ("a.png", 24), ("c.png", -24)):
        Image.objects.filter(pk=make_image(world.project, name).pk).update(created=timezone.now())
        moved = Image.objects.get(name=name)
        moved.created += timedelta(hours=hours)
        moved.save()
    assert listed(world) == ["a.png", "b.png", "c.png"]


def test_the_time_of_a_client_is_not_asked_for(world: World) -> None:
    sent = {"file": upload(picture()), "added": timezone.now().isoformat()}
    assert world.as_alice.post(url(world), sent, "multipart").status_code == 400


def test_three_files_of_one_name_keep_the_folder_that_tells_them_apart(world: World) -> None:
    for size, folder in enumerate(["set/right", "set/left", ""], start=30):
        sent = {"file": upload(picture((size, 20)), "0001.png"), "folder": folder}
        body = world.as_alice.post(url(world), sent, "multipart").json()
        assert (body["name"], body["folder"]) == ("0001.png", folder)
    assert listed(world) == ["0001.png", "cat.png", "set/left/0001.png", "set/right/0001.png"]
    index = world.as_bob.get(f"{url(world)}index/").json()["results"]
    assert [row["folder"] for row in index] == ["", "", "set/left", "set/right"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("left", ["set/left/0001.png"]),
        ("LEFT/0001", ["set/left/0001.png"]),
        ("set/", ["set/left/0001.png", "set/right/0001.png"]),
        ("0001", ["0001.png", "set/left/0001.png", "set/right/0001.png"]),
        ("/", ["set/left/0001.png", "set/right/0001.png"]),
        ("right/0002", []),
    ],
)
def test_a_search_looks_at_folder_and_name_as_one_path(world: World, text: str, found: list[str]) -> None:
    for folder in ("set/left", "set/right", ""):
        image = make_image(world.project, "0001.png")
        image.folder = folder
        image.save()
    rows = world.as_bob.get(url(world), {"search": text}).json()["results"]
    assert [f"{row['folder']}/{row['name']}".lstrip("/") for row in rows] == found


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("../../etc", "etc"), ("C:\\photos\\a", "C:/photos/a"), ("/a//b/", "a/b"), ("./.", ""), ("a\n/b\u202e", "a/b")],
)
def test_a_folder_cannot_lead_out_of_an_archive(world: World, sent: str, kept: str) -> None:
    body = world.as_alice.post(url(world), {"file": upload(picture()), "folder": sent}, "multipart").json()
    assert body["folder"] == kept


def test_who_may_not_add_images_may_not_add_them_into_folders(world: World) -> None:
    sent = {"file": upload(picture()), "folder": "a"}
    assert world.as_bob.post(url(world), sent, "multipart").status_code == 403
    sent = {"file": upload(picture()), "folder": "a"}
    assert client_of(world.charlie).post(url(world), sent, "multipart").status_code == 404


def test_the_same_picture_is_refused_with_the_folder_it_lies_in(world: World) -> None:
    data = picture()
    world.as_alice.post(url(world), {"file": upload(data, "1.png"), "folder": "a"}, "multipart")
    again = world.as_alice.post(url(world), {"file": upload(data, "1.png"), "folder": "b"}, "multipart").json()
    assert again["message"] == "“1.png” is in this project already as “a/1.png”; it was not added again."


def test_images_of_before_get_their_place(world: World) -> None:
    """The migration's own step, on today's tables; tests/upgrade goes all the way from older ones."""
    names = ["b10.png", "b2.png", "a.png"]
    for name in names:
        make_image(world.project, name)
    Image.objects.update(place="")
    step = import_module("annotator.projects.migrations.0004_image_order")
    step.fill(apps, SimpleNamespace(connection=connection))
    assert listed(world) == ["a.png", "b2.png", "b10.png", "cat.png"]

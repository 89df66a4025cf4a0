"""POST /api/v1/projects/{id}/images/: names, duplicates, the queued embedding."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from annotator.projects.models import Image
from annotator.projects.names import safe_name
from annotator.runs.models import Run
from tests.annotator.world import World, make_project, picture, upload


def url(world: World) -> str:
    return f"/api/v1/projects/{world.project.pk}/images/"


def test_it_answers_with_the_image(world: World) -> None:
    response = world.as_alice.post(url(world), {"file": upload(picture((64, 48)), "cat.png")}, "multipart")
    body = response.json()
    assert response.status_code == 201
    assert (body["name"], body["width"], body["height"], body["state"]) == ("cat.png", 64, 48, "new")
    assert body["urls"]["full"] == f"/files/images/{body['id']}/{body['sha256']}/full"
    assert (body["annotations"], body["project"]) == (0, str(world.project.pk))


def test_it_queues_the_embedding(world: World) -> None:
    body = world.as_alice.post(url(world), {"file": upload(picture())}, "multipart").json()
    run = Run.objects.get(subject=body["id"])
    assert (run.kind, run.state, run.requested_by) == ("embed", "queued", world.alice)
    assert body["embedding"]["state"] == "queued"
    assert body["embedding"]["run"] == str(run.pk)


@pytest.mark.parametrize(
    "name",
    ['кот 🐈 "quoted" \'n so on.png', "a;b&c<script>.png", "猫.png", "🔬 lab.png", "no extension", "x" * 300 + ".png"],
)
def test_it_keeps_unusual_names(world: World, name: str) -> None:
    data = picture()
    response = world.as_alice.post(url(world), {"file": SimpleUploadedFile(name, data)}, "multipart")
    assert response.status_code == 201, response.content
    stored = Image.objects.get(pk=response.json()["id"])
    assert stored.name == (name if len(name) < 256 else "x" * 251 + ".png")
    served = world.as_alice.get(response.json()["urls"]["full"])
    assert served.status_code == 200
    assert "\n" not in served["Content-Disposition"]


def test_a_quote_is_kept_as_browsers_send_it(world: World) -> None:
    sent = SimpleUploadedFile("a %22big%22 cat.png", picture())
    response = world.as_alice.post(url(world), {"file": sent}, "multipart")
    assert response.json()["name"] == 'a "big" cat.png'


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\me\\cat.png", "cat.png"),
        ("/", "image"),
        ("..", "image"),
        ("", "image"),
        ("a\x00b\nc\r.png", "abc.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        (" . ", "image"),
    ],
)
def test_it_keeps_only_the_last_part_of_a_path(raw: str, kept: str) -> None:
    assert safe_name(raw) == kept


@given(st.text(max_size=600))
def test_a_safe_name_is_never_a_path_never_blank_and_stable(raw: str) -> None:
    name = safe_name(raw)
    assert 0 < len(name) <= 255
    assert "/" not in name
    assert "\x00" not in name
    assert name not in (".", "..")
    assert safe_name(name) == name
    name.encode()


def test_it_answers_409_to_the_same_file_under_another_name(world: World) -> None:
    data = picture()
    first = world.as_alice.post(url(world), {"file": upload(data, "one.png")}, "multipart").json()
    response = world.as_alice.post(url(world), {"file": upload(data, "two.png")}, "multipart")
    assert response.status_code == 409
    assert response.json()["code"] == "duplicate_image"
    assert response.json()["message"] == "“two.png” is in this project already as “one.png”; it was not added again."
    assert response.json()["current"]["id"] == first["id"]


def test_it_answers_409_to_the_same_pixels_with_other_metadata(world: World) -> None:
    from PIL import Image as PillowImage

    exif = PillowImage.Exif()
    exif[0x010F] = "Camera"
    world.as_alice.post(url(world), {"file": upload(picture(kind="JPEG", seed=9), "a.jpg")}, "multipart")
    again = picture(kind="JPEG", seed=9, exif=exif)
    response = world.as_alice.post(url(world), {"file": upload(again, "b.jpg")}, "multipart")
    assert response.status_code == 409


def test_the_same_picture_may_be_in_two_projects(world: World) -> None:
    data = picture()
    other = make_project(world.alice, "Dogs")
    world.as_alice.post(url(world), {"file": upload(data)}, "multipart")
    response = world.as_alice.post(f"/api/v1/projects/{other.pk}/images/", {"file": upload(data)}, "multipart")
    assert response.status_code == 201


def test_a_picture_that_two_projects_share_outlives_one_of_them(world: World) -> None:
    data = picture()
    other = make_project(world.alice, "Dogs")
    world.as_alice.post(url(world), {"file": upload(data)}, "multipart")
    kept = world.as_alice.post(f"/api/v1/projects/{other.pk}/images/", {"file": upload(data)}, "multipart").json()
    world.as_alice.delete(f"/api/v1/projects/{world.project.pk}/")
    assert world.as_alice.get(kept["urls"]["full"]).status_code == 200


@pytest.mark.parametrize("body", [{}, {"picture": "x"}, {"file": "not a file"}])
def test_it_answers_400_to_a_form_without_a_file(world: World, body: dict[str, str]) -> None:
    response = world.as_alice.post(url(world), body, "multipart")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")


def test_it_answers_415_to_json(world: World) -> None:
    response = world.as_alice.post(url(world), {"file": "x"}, "json")
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")

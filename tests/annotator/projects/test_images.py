"""Lists of images, one image, the compact index, and the immutable files."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from annotator.projects.models import Image
from tests.annotator.world import World, client_of, make_embedding, make_image


def test_it_narrows_by_state_and_by_part_of_the_name(world: World) -> None:
    Image.objects.filter(pk=make_image(world.project, "Dog.png", (9, 9)).pk).update(state="done")
    base = f"/api/v1/projects/{world.project.pk}/images/"
    assert [row["name"] for row in world.as_bob.get(f"{base}?state=done").json()["results"]] == ["Dog.png"]
    assert [row["name"] for row in world.as_bob.get(f"{base}?search=CAT").json()["results"]] == ["cat.png"]
    assert world.as_bob.get(f"{base}?state=eaten").status_code == 400
    assert world.as_bob.get(f"{base}?search=%00").status_code == 400


def test_an_annotator_sets_an_image_aside(world: World) -> None:
    response = world.as_bob.patch(f"/api/v1/images/{world.image.pk}/", {"state": "done"})
    assert (response.status_code, response.json()["state"]) == (200, "done")


@pytest.mark.parametrize("body", [{"state": "eaten"}, {"name": "x"}, {"state": None}, {}])
def test_it_refuses_other_changes(world: World, body: dict[str, object]) -> None:
    assert world.as_bob.patch(f"/api/v1/images/{world.image.pk}/", body).status_code == 400


def test_a_file_is_private_immutable_and_not_sniffed(world: World) -> None:
    response = world.as_bob.get(f"/files/images/{world.image.pk}/{world.image.sha256}/full")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["ETag"] == f'"{world.image.sha256}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_browser_that_has_the_file_gets_304(world: World) -> None:
    url = f"/files/images/{world.image.pk}/{world.image.sha256}/full"
    response = world.as_bob.get(url, headers={"if-none-match": f'"{world.image.sha256}"'})
    assert (response.status_code, response.content) == (304, b"")


def test_304_is_no_way_around_access(world: World) -> None:
    url = f"/files/images/{world.image.pk}/{world.image.sha256}/full"
    assert world.as_charlie.get(url, headers={"if-none-match": f'"{world.image.sha256}"'}).status_code == 404


def test_another_hash_is_404(world: World) -> None:
    assert world.as_bob.get(f"/files/images/{world.image.pk}/{'0' * 64}/full").status_code == 404
    assert world.as_bob.get(f"/files/images/{world.image.pk}/{world.image.sha256}/original").status_code == 404


def test_a_file_accepts_any_accept_header(world: World) -> None:
    url = f"/files/images/{world.image.pk}/{world.image.sha256}/full"
    assert world.as_bob.get(url, headers={"accept": "image/avif,image/webp,image/*"}).status_code == 200


def test_a_missing_file_is_said_in_a_sentence(world: World) -> None:
    from annotator.lib import storage

    storage.delete_blob(world.image.sha256)
    response = world.as_bob.get(f"/files/images/{world.image.pk}/{world.image.sha256}/full")
    assert (response.status_code, response.json()["code"]) == (404, "file_missing")


def test_nobody_gets_a_file_without_signing_in(world: World) -> None:
    assert client_of(None).get(f"/files/images/{world.image.pk}/{world.image.sha256}/full").status_code == 401


def test_an_embedding_is_ready_when_its_blob_is_there(world: World) -> None:
    embedding = make_embedding(world.image, world.model)
    info = world.as_bob.get(f"/api/v1/images/{world.image.pk}/").json()["embedding"]
    assert info == {
        "state": "ready", "model_version": str(world.model.pk), "encoder_sha256": world.model.encoder_sha256,
        "url": f"/files/embeddings/{embedding.pk}/{embedding.sha256}", "bytes": embedding.bytes, "run": None,
        "message": "",
    }  # fmt: skip
    assert world.as_bob.get(info["url"]).status_code == 200


def test_lists_take_the_same_number_of_queries_for_one_row_and_for_many(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    addresses = {
        f"/api/v1/projects/{world.project.pk}/images/": 6,
        f"/api/v1/projects/{world.project.pk}/images/index/": 4,
        "/api/v1/projects/": 3,
        f"/api/v1/projects/{world.project.pk}/members/": 4,  # and what teams give, for all of them at once
        f"/api/v1/projects/{world.project.pk}/labels/": 3,
        "/api/v1/runs/": 1,
        "/api/v1/models/": 1,
    }
    for number in range(5):
        make_embedding(make_image(world.project, f"{number}.png", (20 + number, 10)), world.model)
    for address, queries in addresses.items():
        with django_assert_num_queries(queries):
            assert world.as_bob.get(address).status_code == 200, address

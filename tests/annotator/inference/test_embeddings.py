"""Embeddings: computed once, stored as immutable blobs, asked for over the API."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annotator.inference import embeddings, lending, services
from annotator.inference.models import Embedding, ModelVersion
from annotator.lib import storage
from annotator.projects.embedding import request_embedding
from annotator.projects.models import Image, Project
from annotator.runs.models import Run
from sam_backend import Embedding as Blob
from tests.annotator.inference.conftest import make_package
from tests.annotator.world import World, make_image

WorkOff = Callable[[], list[Run]]


@pytest.fixture
def image(world: World, tiny: ModelVersion) -> Image:
    Project.objects.filter(pk=world.project.pk).update(model_version=tiny)
    return Image.objects.select_related("project").get(pk=world.image.pk)


def embed(world: World, image: Image, **body: object) -> dict[str, Any]:
    return world.as_bob.post(f"/api/v1/images/{image.pk}/embed/", body, "json").json()


def test_a_run_makes_the_blob_and_the_image_says_ready(world: World, image: Image, work_off: WorkOff) -> None:
    queued = embed(world, image)
    assert world.as_bob.get(f"/api/v1/images/{image.pk}/").json()["embedding"]["state"] == "queued"
    (run,) = work_off()
    assert (str(run.pk), run.state, run.error) == (queued["id"], "succeeded", "")
    info = world.as_bob.get(f"/api/v1/images/{image.pk}/").json()["embedding"]
    assert (info["state"], info["url"]) == ("ready", run.result["url"])
    blob = Blob.from_bytes(b"".join(world.as_bob.get(info["url"])))
    assert blob.original_size == (image.height, image.width)
    assert blob.encoder_sha256 == image.project.model_version.encoder_sha256 == info["encoder_sha256"]


def test_the_blob_travels_packed_to_who_understands_it(world: World, image: Image, work_off: WorkOff) -> None:
    embed(world, image)
    work_off()
    row = Embedding.objects.get()
    url = f"/files/embeddings/{row.pk}/{row.sha256}"
    packed = world.as_bob.get(url, headers={"accept-encoding": "gzip, br"})
    plain = world.as_bob.get(url)
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(packed)) == b"".join(plain)
    assert int(packed["Content-Length"]) < int(plain["Content-Length"]) == row.bytes
    assert packed["ETag"] != plain["ETag"]
    again = world.as_bob.get(url, headers={"accept-encoding": "gzip", "if-none-match": packed["ETag"]})
    assert again.status_code == 304


def test_a_region_has_an_embedding_of_its_own(world: World, image: Image, work_off: WorkOff) -> None:
    embed(world, image, region=[10, 5, 32, 16])
    (run,) = work_off()
    assert run.result["region"] == [10, 5, 32, 16]
    row = Embedding.objects.get()
    with storage.open_blob(row.sha256) as source:
        assert Blob.from_bytes(source.read()).original_size == (16, 32)
    assert world.as_bob.get(f"/api/v1/images/{image.pk}/").json()["embedding"]["state"] == "none"
    assert embed(world, image, region=[10, 5, 32, 16])["result"]["url"] == run.result["url"]


@pytest.mark.parametrize(
    "region",
    [[0, 0, 65, 48], [60, 0, 8, 8], [0, 0, 4, 4], [-1, 0, 9, 9], [0, 0, 9], "all", [0.5, 0, 9, 9], [10**12] * 4],
)
def test_odd_regions_are_refused(world: World, image: Image, region: object) -> None:
    response = world.as_bob.post(f"/api/v1/images/{image.pk}/embed/", {"region": region}, "json")
    assert response.status_code == 400
    assert "region" in "".join(response.json()["fields"])


def test_an_image_somebody_looks_at_overtakes_the_bulk(world: World, image: Image, work_off: WorkOff) -> None:
    for number in range(3):
        added = make_image(world.project, f"{number}.png", (20 + number, 20))
        request_embedding(Image.objects.select_related("project").get(pk=added.pk))
    embed(world, image)
    assert work_off()[0].subject == image.pk


def test_doing_the_work_twice_leaves_one_row(world: World, image: Image, tiny: ModelVersion) -> None:
    first = embeddings.ensure(image, tiny)
    assert embeddings.ensure(image, tiny).pk == first.pk
    assert embeddings._compute(image, tiny, None).pk == first.pk


def test_a_model_that_differs_in_its_decoder_only_shares_the_blob(
    image: Image, tiny: ModelVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned = services.add_package(make_package(tmp_path / "tuned", name="Tuned", note="fine-tuned"))
    first = embeddings.ensure(image, tiny)
    monkeypatch.setattr(lending, "load", lambda *args: pytest.fail("encoded twice"))
    lending.forget_idle()
    assert embeddings.ensure(image, tuned).sha256 == first.sha256


def test_an_image_that_was_deleted_meanwhile_is_skipped(world: World, image: Image, work_off: WorkOff) -> None:
    embed(world, image)
    image.delete()
    (run,) = work_off()
    assert (run.state, run.result) == ("succeeded", {"skipped": "The image was deleted."})


def test_a_missing_file_fails_in_a_sentence_and_can_be_tried_again(
    world: World, image: Image, work_off: WorkOff
) -> None:
    with storage.open_blob(image.sha256) as source:
        data = source.read()
    storage.delete_blob(image.sha256)
    embed(world, image)
    (run,) = work_off()
    assert run.error == "A file of “cat.png” or of the model is missing from the server's storage."
    assert world.as_bob.get(f"/api/v1/images/{image.pk}/").json()["embedding"]["message"] == run.error
    storage.put_bytes(data)
    world.as_alice.post(f"/api/v1/runs/{run.pk}/retry/")
    assert work_off()[0].state == "succeeded"


def test_without_a_model_there_is_a_sentence(world: World) -> None:
    Project.objects.update(model_version=None)
    response = world.as_bob.post(f"/api/v1/images/{world.image.pk}/embed/", {})
    assert (response.status_code, response.json()["code"]) == (409, "no_model")


def test_the_embedding_is_of_the_upright_pixels(image: Image, tiny: ModelVersion) -> None:
    row = embeddings.ensure(image, tiny)
    with storage.open_blob(row.sha256) as source:
        blob = Blob.from_bytes(source.read())
    first = next(iter(blob.tensors.values()))[0, 0]
    # The picture's red grows to the right, so does the mean; below the picture lies the padding.
    assert np.all(np.diff(first[10, :60]) >= 0)

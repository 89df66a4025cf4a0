"""Covering by hand, taking back, and the pictures that were there before."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from annotator.datasets.models import Archive, Fingerprint
from annotator.inference import embeddings
from annotator.inference.models import Embedding
from annotator.journal.models import Entry
from annotator.journal.present import sentence_of
from annotator.lib import storage
from annotator.privacy import services
from annotator.privacy.models import Covered, Look
from annotator.projects.copies import make_copies
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Image
from annotator.runs.models import Run
from sam_backend.faces.detector import Face
from tests.annotator.privacy.conftest import Detector, blob, is_covered, photo, pixels_of, regions
from tests.annotator.world import World, make_embedding

BOX = {"x": 40, "y": 20, "width": 30, "height": 30}


@pytest.fixture
def image(world: World, detector: Detector) -> Image:
    """A picture that came before anybody thought of privacy, with an embedding."""
    made = ingest_bytes(world.project, world.alice, "street.png", photo(9))
    make_embedding(made, world.model)
    return made


def search(api: Callable[..., Any], world: World, work_off: Callable[[], list[Run]]) -> Run:
    status, body = api("post", f"projects/{world.project.pk}/privacy/search/")
    assert status == 202, body
    return next(run for run in work_off() if run.kind == "veil")


def test_a_region_drawn_by_hand_is_covered_at_once_and_the_old_picture_is_gone(
    image: Image, world: World, api: Callable[..., Any]
) -> None:
    old = [image.sha256, image.thumb_sha256, image.embeddings.get().sha256]
    before = blob(image.sha256)
    (copy,) = make_copies([image.pk]).values()
    Run.objects.all().delete()
    status, body = api("post", f"images/{image.pk}/covered/", BOX)
    assert status == 201, body
    assert (body["score"], body["by"]["id"]) == (None, str(world.alice.pk))
    image.refresh_from_db()
    copy.refresh_from_db()
    after = blob(image.sha256)
    assert is_covered(after)
    assert (pixels_of(before)[:, 80:] == pixels_of(after)[:, 80:]).all()
    assert (copy.sha256, copy.thumb_sha256) == (image.sha256, image.thumb_sha256)
    assert not any(storage.has_blob(sha256) for sha256 in old)
    assert not Embedding.objects.filter(image__in=[image, copy]).exists()
    assert Run.objects.filter(kind="embed", subject=image.pk).exists()
    assert "A region of street.png was covered." in [sentence_of(entry) for entry in Entry.objects.all()]


def test_a_second_region_leaves_the_first_covered(image: Image, api: Callable[..., Any]) -> None:
    api("post", f"images/{image.pk}/covered/", BOX)
    assert api("post", f"images/{image.pk}/covered/", {"x": 85, "y": 50, "width": 20, "height": 20})[0] == 201
    image.refresh_from_db()
    assert is_covered(blob(image.sha256))
    assert is_covered(blob(image.sha256), Face(85, 50, 20, 20, 1))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"x": 120, "y": 0, "width": 5, "height": 5}, 400),
        ({"x": -9, "y": 0, "width": 5, "height": 5}, 400),
        ({"x": 0, "y": 0, "width": 0, "height": 5}, 400),
        ({"x": "1", "y": 0, "width": 5, "height": 5}, 400),
        ({"x": 0, "y": 0, "width": 5}, 400),
    ],
)
def test_what_is_no_region_is_refused_and_changes_nothing(
    image: Image, api: Callable[..., Any], body: dict[str, Any], status: int
) -> None:
    answered, said = api("post", f"images/{image.pk}/covered/", body)
    assert answered == status, said
    assert image.sha256 == Image.objects.get(pk=image.pk).sha256
    assert not Covered.objects.exists()


def test_without_the_original_nothing_is_taken_back(image: Image, api: Callable[..., Any]) -> None:
    region = api("post", f"images/{image.pk}/covered/", BOX)[1]
    status, body = api("post", f"covered/{region['id']}/take-back/")
    assert (status, body["code"]) == (409, "no_original")
    assert regions(image)


def test_with_the_original_a_region_is_taken_back_to_the_byte(
    image: Image, world: World, api: Callable[..., Any]
) -> None:
    services.set_rule(world.project, world.alice, {"keep_originals": True})
    old = blob(image.sha256)
    first = api("post", f"images/{image.pk}/covered/", BOX)[1]
    second = api("post", f"images/{image.pk}/covered/", {"x": 85, "y": 50, "width": 20, "height": 20})[1]
    assert api("post", f"covered/{first['id']}/take-back/")[0] == 204
    image.refresh_from_db()
    assert not is_covered(blob(image.sha256))
    assert is_covered(blob(image.sha256), Face(85, 50, 20, 20, 1))
    assert api("post", f"covered/{first['id']}/take-back/")[0] == 404
    assert api("post", f"covered/{second['id']}/take-back/")[0] == 204
    image.refresh_from_db()
    assert blob(image.sha256) == old
    assert blob(image.thumb_sha256)[:2] == b"\xff\xd8"


def test_deleting_the_originals_leaves_what_is_covered(image: Image, world: World, api: Callable[..., Any]) -> None:
    services.set_rule(world.project, world.alice, {"keep_originals": True})
    region = api("post", f"images/{image.pk}/covered/", BOX)[1]
    original = Look.objects.get(image=image).original_sha256
    assert storage.has_blob(original)
    assert api("delete", f"projects/{world.project.pk}/privacy/originals/") == (204, None)
    assert not storage.has_blob(original)
    assert api("post", f"covered/{region['id']}/take-back/")[1]["code"] == "no_original"


def test_what_was_there_before_is_searched_once(
    image: Image, guarded: World, api: Callable[..., Any], work_off: Callable[[], list[Run]], detector: Detector
) -> None:
    binned = ingest_bytes(guarded.project, guarded.alice, "old.png", photo(10))
    Look.objects.all().delete()
    Covered.objects.all().delete()
    Image.objects.filter(pk=binned.pk).update(deleted_at=timezone.now())
    old = image.sha256
    waiting = api("get", f"projects/{guarded.project.pk}/privacy/")[1]["waiting"]
    run = search(api, guarded, work_off)
    assert run.state == "succeeded", run.error
    assert run.result["images"] == waiting == 3
    assert run.result["left_out"] == []
    image.refresh_from_db()
    assert is_covered(blob(image.sha256))
    assert not storage.has_blob(old)
    assert regions(binned)
    assert "The images there were searched for faces" in sentence_of(Entry.objects.get(kind="privacy.faces"))
    before = (image.sha256, len(detector.asked))
    assert search(api, guarded, work_off).result["images"] == 0
    image.refresh_from_db()
    assert (image.sha256, len(detector.asked)) == before


def test_a_lower_threshold_searches_again_and_adds_only_what_is_new(
    image: Image, guarded: World, api: Callable[..., Any], work_off: Callable[[], list[Run]], detector: Detector
) -> None:
    detector.faces.append(Face(90, 60, 20, 20, 0.2))
    search(api, guarded, work_off)
    assert len(regions(image)) == 1
    services.set_rule(guarded.project, guarded.alice, {"threshold": 0.15})
    search(api, guarded, work_off)
    assert sorted(region.score or 0 for region in regions(image)) == [0.2, 0.8]


def test_what_a_person_took_back_is_not_covered_again(
    image: Image, guarded: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    services.set_rule(guarded.project, guarded.alice, {"keep_originals": True})
    search(api, guarded, work_off)
    (region,) = regions(image)
    api("post", f"covered/{region.pk}/take-back/")
    services.set_rule(guarded.project, guarded.alice, {"threshold": 0.2})
    assert search(api, guarded, work_off).state == "succeeded"
    assert regions(image) == []


def test_a_picture_that_cannot_be_read_is_named_and_left_out(
    image: Image, guarded: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    storage.delete_blob(image.sha256)
    run = search(api, guarded, work_off)
    assert (run.state, run.result["left_out"]) == ("succeeded", ["street.png"])
    assert "street.png was left out" in run.log


def test_a_picture_that_is_missing_from_the_storage_is_said_to_be(image: Image, api: Callable[..., Any]) -> None:
    storage.delete_blob(image.sha256)
    status, body = api("post", f"images/{image.pk}/covered/", BOX)
    assert (status, body["code"]) == (404, "file_missing")
    assert not Covered.objects.exists()


def test_a_project_that_does_not_ask_for_it_is_not_searched(world: World, api: Callable[..., Any]) -> None:
    status, body = api("post", f"projects/{world.project.pk}/privacy/search/")
    assert (status, body["code"]) == (409, "privacy_off")


def test_an_embedding_of_the_old_picture_is_never_kept(
    image: Image, world: World, api: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that has read the picture is overtaken by somebody who covers something in it."""
    Embedding.objects.all().delete()
    seen: list[str] = []

    def encode(version: Any, images: Any) -> list[Any]:
        if not seen:
            assert api("post", f"images/{image.pk}/covered/", BOX)[0] == 201
        seen.append("encoded")
        return [type("Made", (), {"to_bytes": lambda self, **about: repr(about).encode()})()]

    monkeypatch.setattr(embeddings, "_encode", encode)
    stale = Image.objects.get(pk=image.pk)
    made = embeddings.ensure(stale, world.model)
    now = Image.objects.get(pk=image.pk).sha256
    assert len(seen) == 2
    assert now.encode() in blob(made.sha256)


def test_files_made_of_the_old_picture_go_and_new_ones_show_the_covered_one(
    image: Image, world: World, api: Callable[..., Any], work_off: Callable[[], list[Run]]
) -> None:
    """An archive with pictures is deleted; one made of the older snapshot afterwards holds the covered picture."""
    path = f"projects/{world.project.pk}/exports/"

    def export(**more: Any) -> Archive:
        assert api("post", path, {"format": "coco", "include_images": True} | more)[0] == 202
        run = next(run for run in work_off() if run.kind == "export")
        assert run.state == "succeeded", run.error
        return Archive.objects.get(run=run)

    first = export()
    Fingerprint.objects.create(image=image, bits=5)
    api("post", f"images/{image.pk}/covered/", BOX)
    assert not Archive.objects.filter(pk=first.pk).exists()
    assert not storage.has_blob(first.sha256)
    assert not Fingerprint.objects.exists()
    again = export(snapshot=str(first.snapshot_id))
    assert again.snapshot_id == first.snapshot_id
    with zipfile.ZipFile(io.BytesIO(blob(again.sha256))) as files:
        (name,) = [name for name in files.namelist() if name.endswith("street.png")]
        assert is_covered(files.read(name))


def test_the_list_shows_what_is_covered_and_narrows(image: Image, world: World, api: Callable[..., Any]) -> None:
    api("post", f"images/{image.pk}/covered/", BOX)
    path = f"projects/{world.project.pk}/privacy/images/"
    assert [one["name"] for one in api("get", f"{path}?found=yes")[1]["results"]] == ["street.png"]
    assert [one["name"] for one in api("get", f"{path}?found=no")[1]["results"]] == ["cat.png"]
    (one,) = api("get", f"{path}?found=yes")[1]["results"]
    assert (one["threshold"], one["original"], one["regions"][0]["width"]) == (None, False, 30)

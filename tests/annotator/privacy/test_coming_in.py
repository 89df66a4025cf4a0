"""New pictures: what is on them is covered before anything is stored."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import skimage.data
from PIL import Image as Picture

from annotator.imports.models import Import
from annotator.lib import storage
from annotator.privacy import covering, services
from annotator.privacy.models import Look
from annotator.projects.models import Image
from annotator.projects.video import uploads
from annotator.runs.models import Run
from sam_backend.faces.detector import Face
from tests.annotator.imports.conftest import Importing, archive, dataset, pictures
from tests.annotator.imports.conftest import importing as importing
from tests.annotator.privacy.conftest import Detector, blob, is_covered, photo, pixels_of, regions
from tests.annotator.projects.video.films import film
from tests.annotator.world import World, upload


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Everything that is put into the storage meanwhile."""
    seen: list[bytes] = []
    put = storage.put_bytes

    def watched(data: bytes) -> str:
        seen.append(data)
        return put(data)

    monkeypatch.setattr(storage, "put_bytes", watched)
    return seen


def add(world: World, data: bytes, name: str = "street.png") -> tuple[int, Any]:
    path = f"/api/v1/projects/{world.project.pk}/images/"
    response = world.as_alice.post(path, {"file": upload(data, name)}, "multipart")
    return response.status_code, response.json()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_of_a_face_ever_reaches_the_storage(guarded: World, stored: list[bytes], kind: str) -> None:
    status, body = add(guarded, photo(1, kind=kind), f"street.{kind.lower()}")
    assert status == 201, body
    image = Image.objects.get(pk=body["id"])
    assert len(stored) >= 2
    for data in stored:
        shown = pixels_of(data)
        assert shown.shape[1] != 120 or is_covered(data)
        assert is_covered(data) or shown.shape[1] < 120
    assert {image.sha256, image.thumb_sha256} == {storage.put_bytes(data) for data in stored[:2]}
    assert (image.width, image.height) == (120, 90)
    assert "1 face found and covered before it was stored." in image.notes


def test_only_the_region_is_touched_and_a_record_is_kept(guarded: World) -> None:
    data = photo(2)
    image = Image.objects.get(pk=add(guarded, data)[1]["id"])
    before, after = pixels_of(data), pixels_of(blob(image.sha256))
    assert (before[:, 80:] == after[:, 80:]).all()
    (region,) = regions(image)
    assert (region.x, region.y, region.width, region.height, region.score) == (40, 20, 30, 30, 0.8)
    look = Look.objects.get(image=image)
    assert (look.threshold, look.original_sha256) == (0.3, "")


def test_a_picture_without_faces_stays_as_it_is_to_the_byte(guarded: World, detector: Detector) -> None:
    detector.faces = []
    data = photo(3, kind="JPEG")
    image = Image.objects.get(pk=add(guarded, data)[1]["id"])
    plain = Image.objects.get(pk=image.pk)
    services.set_rule(guarded.project, guarded.alice, {"active": False})
    assert plain.covered.count() == 0
    assert Look.objects.filter(image=image).exists()
    assert blob(image.sha256)[:2] == b"\xff\xd8"
    assert (pixels_of(blob(image.sha256)) == pixels_of(data)).all()


def test_a_project_that_did_not_ask_for_it_is_left_alone(world: World, detector: Detector) -> None:
    data = photo(4)
    image = Image.objects.get(pk=add(world, data)[1]["id"])
    assert detector.asked == []
    assert (pixels_of(blob(image.sha256)) == pixels_of(data)).all()
    assert not Look.objects.filter(image=image).exists()


def test_the_threshold_is_the_project_s(guarded: World, detector: Detector) -> None:
    services.set_rule(guarded.project, guarded.alice, {"threshold": 0.85})
    image = Image.objects.get(pk=add(guarded, photo(5))[1]["id"])
    assert detector.asked == [0.85]
    assert regions(image) == []


def test_originals_are_kept_only_where_that_was_chosen(guarded: World) -> None:
    services.set_rule(guarded.project, guarded.alice, {"keep_originals": True})
    data = photo(6)
    image = Image.objects.get(pk=add(guarded, data)[1]["id"])
    look = Look.objects.get(image=image)
    assert (pixels_of(blob(look.original_sha256)) == pixels_of(data)).all()
    assert is_covered(blob(image.sha256))


def test_without_the_detector_no_picture_comes_in(guarded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from sam_backend.faces.weights import MissingWeightsError

    def missing(picture: Any, threshold: float) -> list[Face]:
        raise MissingWeightsError("The face detector is not installed on this machine. Install it there: pip install x")

    monkeypatch.setattr(covering, "find_faces", missing)
    status, body = add(guarded, photo(7))
    assert (status, body["code"]) == (409, "no_face_detector")
    assert "pip install x" in body["message"]
    assert not guarded.project.images.filter(name="street.png").exists()


def test_a_face_is_found_by_the_real_network(world: World) -> None:
    services.set_rule(world.project, world.alice, {"active": True})
    out = io.BytesIO()
    Picture.fromarray(skimage.data.astronaut()).save(out, "PNG")
    image = Image.objects.get(pk=add(world, out.getvalue())[1]["id"])
    (region,) = regions(image)
    face = Face(region.x, region.y, region.width, region.height, 1.0)
    assert is_covered(blob(image.sha256), face)
    assert not is_covered(out.getvalue(), face)


def test_frames_of_a_video_are_covered_and_no_film_stays(
    guarded: World, detector: Detector, work_off: Callable[[], list[Run]]
) -> None:
    detector.faces = [Face(10, 10, 20, 20, 0.9)]
    path = f"/api/v1/projects/{guarded.project.pk}/videos/"
    for data in (film(3), film(3)[:600]):
        sent = guarded.as_alice.post(path, {"file": upload(data, "trip.mp4"), "every": 1}, "multipart").json()
        run = next(run for run in work_off() if str(run.pk) == sent["id"])
        with pytest.raises(FileNotFoundError):
            uploads.open_video(run.params["video"])
    frames = guarded.project.images.filter(name__startswith="trip")
    assert frames
    assert all(regions(frame) for frame in frames)


def test_an_import_is_covered_and_its_archive_goes(importing: Importing, detector: Detector) -> None:
    detector.faces = [Face(5, 5, 12, 12, 0.9)]
    services.set_rule(importing.world.project, importing.world.alice, {"active": True})
    names = ("a.png", "in/b.png")
    found = importing.bring(archive(dataset(), pictures(names)))
    for name in ("a.png", "b.png"):
        image = importing.world.project.images.get(name=name)
        assert regions(image)
        assert image.annotations.count() == 3
    assert Import.objects.get(pk=found["id"]).sha256 == ""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from PIL import Image as Picture
from pytest_django import Settings

from annotator.lib import room, storage
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Image
from annotator.projects.video import runner, uploads
from annotator.runs import enqueue, lease, worker
from annotator.runs.models import Run
from tests.annotator.projects.video.films import film, scene, sound
from tests.annotator.world import World, upload


def send(world: Any, data: bytes, name: str = "trip.mp4", **fields: Any) -> Any:
    body = {"file": upload(data, name)} | (fields or {"every": 1})
    response = world.as_alice.post(f"/api/v1/projects/{world.project.pk}/videos/", body, "multipart")
    return response.status_code, response.json()


@pytest.fixture(autouse=True)
def _no_videos_of_other_tests() -> None:
    for name in kept_videos():
        uploads.forget(name)


@pytest.fixture
def bring(world: World, work_off: Callable[[], list[Run]]) -> Callable[..., Run]:
    """Imports a video; gives the finished run."""

    def go(data: bytes, name: str = "trip.mp4", **fields: Any) -> Run:
        status, body = send(world, data, name, **fields)
        assert status == 202, body
        return next(run for run in work_off() if run.kind == "import_video")

    return go


def names(world: Any) -> list[str]:
    rows = world.project.images.exclude(pk=world.image.pk).order_by("created", "id")
    return list(rows.values_list("name", flat=True))


def kept_videos() -> list[str]:
    try:
        return storage.blobs().listdir(uploads.FOLDER)[1]
    except FileNotFoundError:
        return []


def test_frames_become_images_in_order_that_know_where_they_are_from(world: World, bring: Callable[..., Run]) -> None:
    run = bring(film(10), rate="5")
    assert (run.state, run.message) == ("succeeded", "5 images from “trip.mp4”.")
    assert names(world) == [f"trip_{number:06d}.jpg" for number in range(1, 6)]
    third = world.project.images.get(name="trip_000003.jpg")
    assert third.notes == ["From second 0.400 of “trip.mp4”."]
    with storage.open_blob(third.sha256) as blob:
        pixels = np.asarray(Picture.open(io.BytesIO(blob.read())))
    assert np.abs(pixels.astype(int) - scene(4)).mean() < 12
    assert run.result["images"] == 5
    assert run.result["first"] == str(world.project.images.get(name="trip_000001.jpg").pk)
    # Each is prepared for clicks like any other image, and the video is not kept.
    assert Run.objects.filter(kind="embed").count() == 5
    assert kept_videos() == []


def test_only_a_part_is_taken(world: World, bring: Callable[..., Run]) -> None:
    bring(film(30), every="2", start="1", end="1.6")
    notes = [image.notes[0] for image in world.project.images.filter(name__startswith="trip")]
    assert [note.split()[2] for note in notes] == ["1.000", "1.200", "1.400"]


def test_a_still_scene_gives_each_picture_once(world: World, bring: Callable[..., Run]) -> None:
    run = bring(film([scene(1)] * 6, kind="avi", codec="ffv1"), every="1")
    assert (run.state, run.result["images"], run.result["repeated"]) == ("succeeded", 1, 5)
    assert len(names(world)) == 1
    assert "looked exactly like" in run.message


def test_a_run_that_died_goes_on_without_doubles(
    world: World, monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], list[Run]]
) -> None:
    send(world, film(6))
    real, made = ingest_bytes, []

    def dies(project: Any, user: Any, name: str, data: Any, **values: Any) -> Any:
        made.append(name)
        if len(made) == 4:
            raise KeyboardInterrupt  # as a killed worker: nothing after this runs
        return real(project, user, name, data, **values)

    monkeypatch.setattr(runner, "ingest_bytes", dies)
    run = lease.claim(Run.objects.get(kind="import_video").pk)
    with pytest.raises(KeyboardInterrupt):
        worker.work(run)
    Run.objects.filter(pk=run.pk).update(state="queued", claim=None)
    done = next(one for one in work_off() if one.kind == "import_video")
    numbers = [int(name[5:11]) for name in made]
    assert numbers == [1, 2, 3, 4, 4, 5, 6]
    assert (done.result["images"], names(world)) == (6, [f"trip_{number:06d}.jpg" for number in range(1, 7)])


def test_a_cancelled_import_keeps_its_images_and_can_be_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], list[Run]]
) -> None:
    send(world, film(6))
    real = ingest_bytes

    def cancels(project: Any, user: Any, name: str, data: Any, **values: Any) -> Any:
        if name.endswith("2.jpg"):
            enqueue.cancel(Run.objects.get(kind="import_video"))
        return real(project, user, name, data, **values)

    monkeypatch.setattr(runner, "ingest_bytes", cancels)
    monkeypatch.setattr(worker, "WRITE_EVERY_SECONDS", 0)
    worker.work(lease.claim(Run.objects.get(kind="import_video").pk))
    run = Run.objects.get(kind="import_video")
    assert (run.state, len(names(world)), len(kept_videos())) == ("cancelled", 2, 1)
    monkeypatch.setattr(runner, "ingest_bytes", real)
    enqueue.retry(run)
    work_off()
    assert (len(names(world)), kept_videos()) == (6, [])


def failed(run: Run) -> str:
    assert run.state == "failed"
    assert run.error.endswith(".")
    return run.error


def test_what_cannot_be_imported_is_said_in_a_sentence(
    world: World, bring: Callable[..., Run], settings: Settings
) -> None:
    assert failed(bring(sound())) == "“trip.mp4” holds only sound; there are no frames to import."
    assert "damaged or cut off" in failed(bring(film(20)[:300]))
    assert "no frame after second 9; it is 1.0 seconds long" in failed(bring(film(10), every="1", start="9"))
    assert "no frame between" in failed(bring(film(3, times=[0, 1, 30]), rate="1", start="0.5", end="0.8"))
    settings.MAX_VIDEO_SECONDS = 60
    assert "is 2 minutes long; this server takes 1. Cut it" in failed(bring(film(3, times=[0, 1, 610])))
    settings.MAX_VIDEO_SECONDS = 3600
    settings.MAX_VIDEO_FRAMES = 4
    assert "about 10 images; this server imports 4 at once" in failed(bring(film(10)))
    settings.MAX_IMAGE_PIXELS = 1000
    assert "64 × 48 pixels large" in failed(bring(film(3)))
    assert names(world) == []


def test_frames_without_end_stop_at_the_limit(
    world: World, bring: Callable[..., Run], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file that lies about its length: nothing is known before.
    monkeypatch.setattr("annotator.projects.video.plan.Plan.expected", lambda *_: None)
    settings.MAX_VIDEO_FRAMES = 3
    run = bring(film(10))
    assert (run.result["images"], run.state) == (3, "succeeded")
    assert "Only the first 3 frames" in run.message


def test_a_full_disk_ends_it_before_the_database_suffers(
    world: World, work_off: Callable[[], list[Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    send(world, film(3))
    monkeypatch.setattr(room, "free_bytes", lambda: 1000)
    assert "disk is nearly full" in failed(work_off()[0])
    status, body = send(world, film(3))
    assert (status, body["code"]) == (507, "disk_full")


def test_without_the_library_it_says_what_is_missing(
    world: World, bring: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: Any) -> None:
        raise ImportError("No module named 'av'")

    monkeypatch.setattr(runner, "opened", missing)
    assert "extra “video”" in failed(bring(film(2)))


BAD_FIELDS = [
    {"rate": "0"}, {"rate": "x"}, {"every": "0"}, {"every": "1.5"}, {"rate": "1", "every": "2"}, {"start": "1"},
    {"every": "1", "start": "-1"}, {"every": "1", "start": "5", "end": "2"}, {"rate": "nan"}, {"every": "1", "x": "1"},
]  # fmt: skip


@pytest.mark.parametrize("fields", BAD_FIELDS)
def test_wishes_that_make_no_sense_are_refused(world: World, fields: Any) -> None:
    status, body = send(world, film(2), **fields)
    assert (status, body["code"]) == (400, "invalid")
    assert kept_videos() == []


def test_what_is_no_video_is_refused_at_the_door(world: World, settings: Settings) -> None:
    assert send(world, b"")[1]["code"] == "video_empty"
    assert send(world, b"\x89PNG\r\n\x1a\n" + bytes(50))[1]["code"] == "video_unsupported"
    settings.MAX_VIDEO_BYTES = 100
    assert send(world, film(2))[1]["code"] == "video_too_large"


def test_a_video_that_nobody_needs_goes_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    send(world, film(2))
    Run.objects.update(state="failed")
    uploads.forget_old()
    assert len(kept_videos()) == 1
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    Run.objects.update(state="queued")
    uploads.forget_old()
    assert len(kept_videos()) == 1
    Run.objects.update(state="cancelled")
    uploads.forget_old()
    assert kept_videos() == []


def test_a_video_among_the_pictures_is_told_where_to_go(world: World) -> None:
    response = world.as_alice.post(
        f"/api/v1/projects/{world.project.pk}/images/", {"file": upload(film(1), "a.mp4")}, "multipart"
    )
    assert "is a video. Add it on the project's page" in response.json()["message"]
    assert Image.objects.count() == 1

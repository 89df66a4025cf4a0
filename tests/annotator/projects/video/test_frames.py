from __future__ import annotations

import contextlib
import io
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from annotator.projects.video.frames import VideoError, container_of, image_of, opened
from tests.annotator.projects.video.films import film, renamed_codec, scene, sound, turned

KINDS = [("mp4", "libx264"), ("mov", "mpeg4"), ("webm", "libvpx"), ("avi", "mjpeg"), ("avi", "mpeg4")]


def read(data: bytes, start: float = 0.0) -> Any:
    with opened(io.BytesIO(data), 1) as video:
        frames = video.frames(start)
        return video, [(round(second, 3), np.asarray(image_of(frame, video.aspect))) for second, frame in frames]


@pytest.mark.parametrize(("kind", "codec"), KINDS)
def test_each_container_gives_its_frames_with_their_times_and_colours(kind: Any, codec: Any) -> None:
    video, found = read(film(10, kind=kind, codec=codec))
    assert [second for second, _ in found] == pytest.approx([number / 10 for number in range(10)], abs=0.002)
    for number, (_, picture) in enumerate(found):
        assert picture.shape == (48, 64, 3)
        assert np.abs(picture[30:40, 40:60].astype(int) - scene(number)[30:40, 40:60]).mean() < 12
        assert picture[10, 10, 0] > picture[10, 10, 1] + 100
    assert video.notes == []


def test_a_varying_frame_rate_keeps_each_frames_own_time() -> None:
    _, found = read(film(4, times=[0, 1, 7, 30]))
    assert [second for second, _ in found] == [0.0, 0.1, 0.7, 3.0]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_frames_are_turned_as_the_phone_says(quarters: Any) -> None:
    _, found = read(turned(film(2), quarters))
    expected = np.rot90(scene(0), -quarters)
    assert found[0][1].shape == expected.shape
    assert np.abs(found[0][1].astype(int) - expected).mean() < 12


def test_pixels_that_are_not_square_become_square() -> None:
    _, found = read(film(2, aspect=Fraction(2, 1)))
    assert found[0][1].shape == (48, 128, 3)


def test_a_later_start_skips_ahead() -> None:
    _, found = read(film(100), start=8.0)
    assert found[0][0] <= 8.0
    assert found[-1][0] == 9.9


def test_a_file_that_breaks_off_gives_what_is_there_and_says_so() -> None:
    data = film(200, kind="webm", codec="libvpx")
    video, found = read(data[: len(data) // 2])
    assert 0 < len(found) < 200
    video, found = read(film(100, kind="avi", codec="mjpeg")[:60000])
    assert 0 < len(found) < 100
    assert any("breaks off" in note or "damaged" in note for note in video.notes)


@pytest.mark.parametrize(("kind", "codec"), KINDS)
@pytest.mark.parametrize("frames", [1, 2, 12, 40])
def test_a_whole_file_is_told_nothing_of(kind: Any, codec: Any, frames: int) -> None:
    assert read(film(frames, kind=kind, codec=codec))[0].notes == []


@pytest.mark.parametrize("share", [0.7, 0.8, 0.9])
@pytest.mark.parametrize(("kind", "codec"), [("webm", "libvpx"), ("avi", "mjpeg"), ("avi", "mpeg4")])
def test_a_missing_end_is_told_however_much_is_missing(kind: Any, codec: Any, share: float) -> None:
    data = film(60, kind=kind, codec=codec)
    video, found = read(data[: int(len(data) * share)])
    assert 0 < len(found) < 60
    assert any("breaks off" in note or "announces 60 frames" in note or "left out" in note for note in video.notes)


@pytest.mark.parametrize(("kind", "codec"), KINDS)
def test_a_hole_between_frames_is_told(kind: Any, codec: Any) -> None:
    times = [*range(20), *range(60, 80)]
    video, _ = read(film(40, kind=kind, codec=codec, times=times))
    assert any("no frame between second 1.9 and 6.0" in note for note in video.notes)


def test_a_hole_is_told_also_when_the_rest_is_not_read() -> None:
    with opened(io.BytesIO(film(40, times=[*range(20), *range(60, 80)])), 1) as video:
        for second, _ in video.frames(0):
            if second > 6.5:
                break
        assert video.notes == ["It has no frame between second 1.9 and 6.0."]


def test_frames_that_are_announced_and_missing_are_told() -> None:
    data = bytearray(film(60, kind="avi", codec="mjpeg"))
    for name in (b"strh", b"avih"):
        at = data.index(name) + (40 if name == b"strh" else 24)
        assert int.from_bytes(data[at : at + 4], "little") == 60
        data[at : at + 4] = (100).to_bytes(4, "little")
    video, found = read(bytes(data))
    assert len(found) == 60
    assert any("100" in note or "breaks off" in note for note in video.notes)


def test_damage_in_the_middle_is_passed_over() -> None:
    data = bytearray(film(60, kind="avi", codec="mjpeg"))
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    _, found = read(bytes(data))
    assert len(found) >= 20


def refused(data: bytes) -> str:
    with pytest.raises(VideoError) as caught:
        read(data)
    return str(caught.value)


def test_what_holds_no_frames_is_refused_with_the_reason() -> None:
    assert refused(sound()) == "holds only sound; there are no frames to import."
    assert "codec that this server cannot decode" in refused(renamed_codec(film(2)))
    assert "not a video" in refused(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert "not a video" in refused(b"#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n")
    assert "damaged or cut off" in refused(film(20)[:200])
    assert "damaged or cut off" in refused(b"\x00\x00\x00\x20ftypisom" + bytes(1000))
    assert "damaged or cut off" in refused(b"\x1aE\xdf\xa3" + bytes(range(256)) * 4)


@pytest.mark.parametrize("seed", range(8))
def test_noise_behind_a_right_beginning_is_an_answer_and_no_crash(seed: int) -> None:
    data = bytearray(film(10, kind=("mp4", "webm", "avi")[seed % 3], codec=("libx264", "libvpx", "mjpeg")[seed % 3]))
    random = np.random.default_rng(seed)
    for at in random.integers(16, len(data), 60):
        data[at] = random.integers(0, 256)
    with contextlib.suppress(VideoError):
        read(bytes(data))


def test_containers_are_known_by_their_first_bytes() -> None:
    names = [container_of(film(1, kind=kind, codec=codec)[:12]) for kind, codec in KINDS]
    assert names == ["mov", "mov", "matroska", "avi", "avi"]
    assert container_of(b"") is None

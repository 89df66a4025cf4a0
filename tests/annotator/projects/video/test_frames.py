from __future__ import annotations

import contextlib
import io
from fractions import Fraction

import numpy as np
import pytest

from annotator.projects.video.frames import VideoError, container_of, opened, picture_of
from tests.annotator.projects.video.films import film, renamed_codec, scene, sound, turned

KINDS = [("mp4", "libx264"), ("mov", "mpeg4"), ("webm", "libvpx"), ("avi", "mjpeg"), ("avi", "mpeg4")]


def read(data: bytes, start: float = 0.0):
    with opened(io.BytesIO(data), 1) as video:
        frames = video.frames(start)
        return video, [(round(second, 3), np.asarray(picture_of(frame, video.aspect))) for second, frame in frames]


@pytest.mark.parametrize(("kind", "codec"), KINDS)
def test_each_container_gives_its_frames_with_their_times_and_colours(kind, codec):
    video, found = read(film(10, kind=kind, codec=codec))
    assert [second for second, _ in found] == pytest.approx([number / 10 for number in range(10)], abs=0.002)
    for number, (_, picture) in enumerate(found):
        assert picture.shape == (48, 64, 3)
        assert np.abs(picture[30:40, 40:60].astype(int) - scene(number)[30:40, 40:60]).mean() < 12
        assert picture[10, 10, 0] > picture[10, 10, 1] + 100
    assert video.notes == []


def test_a_varying_frame_rate_keeps_each_frames_own_time():
    _, found = read(film(4, times=[0, 1, 7, 30]))
    assert [second for second, _ in found] == [0.0, 0.1, 0.7, 3.0]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_frames_are_turned_as_the_phone_says(quarters):
    _, found = read(turned(film(2), quarters))
    expected = np.rot90(scene(0), -quarters)
    assert found[0][1].shape == expected.shape
    assert np.abs(found[0][1].astype(int) - expected).mean() < 12


def test_pixels_that_are_not_square_become_square():
    _, found = read(film(2, aspect=Fraction(2, 1)))
    assert found[0][1].shape == (48, 128, 3)


def test_a_later_start_skips_ahead():
    _, found = read(film(100), start=8.0)
    assert found[0][0] <= 8.0
    assert found[-1][0] == 9.9


def test_a_file_that_breaks_off_gives_what_is_there_and_says_so():
    data = film(200, kind="webm", codec="libvpx")
    video, found = read(data[: len(data) // 2])
    assert 0 < len(found) < 200
    video, found = read(film(100, kind="avi", codec="mjpeg")[:60000])
    assert 0 < len(found) < 100
    assert any("breaks off" in note or "damaged" in note for note in video.notes)


def test_damage_in_the_middle_is_passed_over():
    data = bytearray(film(60, kind="avi", codec="mjpeg"))
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    _, found = read(bytes(data))
    assert len(found) >= 20


def refused(data: bytes) -> str:
    with pytest.raises(VideoError) as caught:
        read(data)
    return str(caught.value)


def test_what_holds_no_frames_is_refused_with_the_reason():
    assert refused(sound()) == "holds only sound; there are no frames to import."
    assert "codec that this server cannot decode" in refused(renamed_codec(film(2)))
    assert "not a video" in refused(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert "not a video" in refused(b"#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n")
    assert "damaged or cut off" in refused(film(20)[:200])
    assert "damaged or cut off" in refused(b"\x00\x00\x00\x20ftypisom" + bytes(1000))
    assert "damaged or cut off" in refused(b"\x1aE\xdf\xa3" + bytes(range(256)) * 4)


@pytest.mark.parametrize("seed", range(8))
def test_noise_behind_a_right_beginning_is_an_answer_and_no_crash(seed):
    data = bytearray(film(10, kind=("mp4", "webm", "avi")[seed % 3], codec=("libx264", "libvpx", "mjpeg")[seed % 3]))
    random = np.random.default_rng(seed)
    for at in random.integers(16, len(data), 60):
        data[at] = random.integers(0, 256)
    with contextlib.suppress(VideoError):
        read(bytes(data))


def test_containers_are_known_by_their_first_bytes():
    names = [container_of(film(1, kind=kind, codec=codec)[:12]) for kind, codec in KINDS]
    assert names == ["mov", "mov", "matroska", "avi", "avi"]
    assert container_of(b"") is None

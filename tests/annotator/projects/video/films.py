"""Small videos, made when they are needed."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np

SIZE = (64, 48)


def scene(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A frame whose upper left quarter is red and that is lighter the later it comes."""
    width, height = size
    frame = np.full((height, width, 3), min(40 + 6 * number, 220), np.uint8)
    frame[: height // 2, : width // 2] = (230, 20, 20)
    return frame


def film(
    frames: Iterable[np.ndarray] | int = 10, *, kind: str = "mp4", codec: str = "libx264", rate: int = 10,
    times: Iterable[int] | None = None, aspect: Fraction | None = None,
) -> bytes:  # fmt: skip
    """The bytes of a video. `times` are the frames' own, in 1/rate seconds, for a rate that varies."""
    pictures = [scene(number) for number in range(frames)] if isinstance(frames, int) else list(frames)
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = (pictures[0] if pictures else scene(0)).shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        for picture, time in zip(pictures, times or range(len(pictures)), strict=False):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = time, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def sound() -> bytes:
    """An MP4 with sound and no pictures."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000)
        for number in range(8):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 8000, number * 1024
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def turned(data: bytes, quarters: int) -> bytes:
    """The MP4 with a display matrix that asks players to turn it clockwise, as phones write it."""
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters % 4]
    rows = (cosine, sine, 0, -sine, cosine, 0, 0, 0, 16384)
    matrix = struct.pack(">9i", *(value << 16 if value != 16384 else 1 << 30 for value in rows))
    at = data.index(b"tkhd")
    begin = at + 4 + 4 + 20 + 8 + 8  # name, version and flags, times and ids, reserved, layer to reserved
    assert data[at + 4] == 0
    return data[:begin] + matrix + data[begin + 36 :]


def renamed_codec(data: bytes) -> bytes:
    """The MP4 with a codec that nobody has ever heard of."""
    return data.replace(b"avc1", b"zzzz").replace(b"avcC", b"zzzC")

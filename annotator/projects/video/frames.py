"""Reading videos with PyAV: what a file holds, and its frames as upright images. For workers only: a decoder takes
time and memory, and hostile files are aimed at decoders.

Only three containers are read, and each is named to the library instead of letting it guess: some of its formats are
playlists that make a reader open other files and addresses. A file object has no address, so nothing can be opened
relative to it either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from PIL import Image

from annotator.projects.video.gaps import Gaps

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

MAX_BAD_PACKETS = 100
"""Damaged pieces after which the rest of a file is given up."""
HD_LINES = 720
"""Height from which a video that does not name its colours is taken for BT.709, as players do."""
MIN_ASPECT = 0.2
"""A pixel flatter or slimmer than that is a damaged header."""


class VideoError(Exception):
    """The rest of a sentence that begins with the file's name."""


@dataclass(slots=True)
class Video:
    """An open video. `width` and `height` are its coded pixels, each `aspect` times as wide as high; `duration` is in
    seconds, `rate` in frames per second; `notes` are sentences about what was wrong while its frames were read."""

    width: int
    height: int
    duration: float | None
    rate: float | None
    aspect: float
    container: InputContainer
    stream: VideoStream
    notes: list[str] = field(default_factory=list)

    def frames(self, start: float) -> Iterator[tuple[float, VideoFrame]]:
        """Yield (second, frame) in the order they are shown, from some moment at or before `start` on.

        What is damaged is left out; a file that breaks off ends early. Both leave a note."""
        if start > 1:
            self._seek(start)
        gaps = self._gaps()
        try:
            yield from self._decoded(gaps, start)
        finally:
            # Also when nobody asks for the rest: what lies before the end that was chosen may have holes.
            self.notes += gaps.hole_notes()

    def _decoded(self, gaps: Gaps, start: float) -> Iterator[tuple[float, VideoFrame]]:
        bad, last = 0, None
        for packet in self._packets():
            try:
                frames = packet.decode()
            except _errors():
                bad += 1
                if bad < MAX_BAD_PACKETS:
                    continue
                self.notes.append(f"Too much of it is damaged; it was read up to second {last or 0:.1f}.")
                return
            for frame in frames:
                last = self._second(frame, last)
                gaps.see(last)
                yield last, frame
        if bad:
            self.notes.append("A damaged piece was left out." if bad == 1 else f"{bad} damaged pieces were left out.")
        self.notes += gaps.end_notes(start <= 1, bad)

    def _gaps(self) -> Gaps:
        sound = len(self.container.streams.audio) > 0
        return Gaps(1 / self.rate if self.rate else None, self.stream.frames, self.duration, sound)

    def _packets(self) -> Iterator[Any]:
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets, None)
            except _errors():
                return
            if packet is None:
                return
            yield packet

    def _seek(self, start: float) -> None:
        base = self.stream.time_base
        if base is None:
            return
        try:
            self.container.seek(int(start / base) + (self.stream.start_time or 0), stream=self.stream, backward=True)
        except _errors():
            # Without an index the frames before are read and passed over.
            self.container.seek(0)

    def _second(self, frame: VideoFrame, last: float | None) -> float:
        if frame.pts is not None and frame.time_base is not None:
            return float((frame.pts - (self.stream.start_time or 0)) * frame.time_base)
        # Raw streams carry no times; an even rate is the best guess.
        return 0.0 if last is None else last + 1 / (self.rate or 25.0)


def container_of(head: bytes) -> str | None:
    """Return the library's name of the container that a file's first bytes announce; None for any we do not read."""
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    return "avi" if head[:4] == b"RIFF" and head[8:12] == b"AVI " else None


@contextmanager
def opened(source: IO[bytes], threads: int) -> Iterator[Video]:
    """Open a video. Raises VideoError, and ImportError when PyAV is not installed."""
    import av

    kind = container_of(source.read(12))
    source.seek(0)
    if kind is None:
        raise VideoError("is not a video that Maskwright can read. MP4, MOV, WebM and AVI files are accepted.")
    try:
        container = av.open(source, "r", format=kind, metadata_errors="ignore")
    except _errors(ValueError, OverflowError):
        raise VideoError("is damaged or cut off and cannot be opened. Copy or export it again.") from None
    with container:
        yield _described(container, threads)


def _described(container: InputContainer, threads: int) -> Video:
    stream = next((one for one in container.streams.video if not _is_cover(one)), None)
    if stream is None:
        what = "only sound" if container.streams.audio else "no moving pictures"
        raise VideoError(f"holds {what}; there are no frames to import.")
    # The library gives a stream no codec context when it has no decoder for it.
    if stream.codec_context is None:
        raise VideoError("uses a codec that this server cannot decode. Export it as H.264 (MP4) or VP9 (WebM).")
    stream.codec_context.thread_count = threads
    base = stream.time_base
    duration = float(stream.duration * base) if stream.duration is not None and base is not None else None
    if duration is None and container.duration is not None:
        duration = container.duration / 1_000_000
    rate = stream.average_rate or stream.guessed_rate
    aspect = float(stream.sample_aspect_ratio or 1)
    return Video(stream.width, stream.height, duration, float(rate) if rate else None, aspect, container, stream)


def _is_cover(stream: VideoStream) -> bool:
    return bool(int(stream.disposition) & 0x400)  # AV_DISPOSITION_ATTACHED_PIC: a song's cover is no video


def image_of(frame: VideoFrame, aspect: float = 1.0) -> Image.Image:
    """Return the frame as an upright RGB image with square pixels; `aspect` is the width of a coded pixel.

    Raises VideoError when the frame's data make no image."""
    from av.video.reformatter import Colorspace

    unnamed = int(frame.colorspace) == 2  # AVCOL_SPC_UNSPECIFIED
    space = Colorspace.ITU709 if unnamed and frame.height >= HD_LINES else None
    try:
        wide = max(1, round(frame.width * aspect)) if MIN_ASPECT < aspect < 1 / MIN_ASPECT else frame.width
        flat = frame.reformat(width=wide, format="rgb24", src_colorspace=space)
        image = Image.fromarray(flat.to_ndarray())
    except _errors(ValueError, MemoryError):
        raise VideoError("has a frame that cannot be turned into a picture.") from None
    turned = round(frame.rotation / 90) % 4
    return image.transpose(_TURNS[turned]) if turned else image


_TURNS = {1: Image.Transpose.ROTATE_90, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_270}
"""Quarter turns to the left that the display matrix asks for."""


def _errors(*others: type[Exception]) -> tuple[type[Exception], ...]:
    from av.error import FFmpegError

    return (FFmpegError, EOFError, *others)

"""Runs "import_video": the chosen frames of an uploaded video become images, one after the other.

A second start of the same run finds the images that the first one made by their names and goes on behind them.
"""

from __future__ import annotations

import io
from math import ceil
from typing import Any

from django.conf import settings

from annotator.lib import room
from annotator.lib.errors import ApiError, Conflict
from annotator.lib.trouble import DISK_FULL, trouble_of
from annotator.lib.words import counted
from annotator.projects.guards import keeps_files
from annotator.projects.ingest import ingest_bytes
from annotator.projects.models import Project
from annotator.projects.names import MAX_LENGTH
from annotator.projects.pixels import JPEG_QUALITY
from annotator.projects.video import uploads
from annotator.projects.video.frames import Video, VideoError, image_of, opened
from annotator.projects.video.notes import frame_note
from annotator.projects.video.plan import Chooser, Plan
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunCancelled, RunFailed, Runner

LOOK_EVERY = 20
"""Images between two looks at the disk."""


class ImportVideoRunner(Runner):
    """Import a video by frames."""

    kind = "import_video"
    queue = Queue.DEFAULT

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"images", "repeated", "seconds", "first", "notes"}."""
        params = context.run.params
        project = context.run.project
        if project is None:
            raise RunFailed("The project was removed before this run began.")
        try:
            return self._import(context, project, params)
        except (RunFailed, RunCancelled):
            # A project that covers faces keeps no film of them, not even to try again.
            if not keeps_files(project):
                uploads.forget(params["video"])
            raise

    @staticmethod
    def _import(context: Context, project: Project, params: dict[str, Any]) -> dict[str, Any]:
        try:
            with uploads.open_video(params["video"]) as source, opened(source, settings.ENCODER_THREADS) as video:
                result = _Import(context, project, video).run()
        except FileNotFoundError:
            raise RunFailed(f"“{params['name']}” is not kept here any more. Upload the video again.") from None
        except ImportError:
            raise RunFailed(
                "This server cannot read videos: an administrator has to install Maskwright's extra “video” (PyAV)."
            ) from None
        except VideoError as error:
            raise RunFailed(f"“{params['name']}” {error}") from None
        except OSError as error:
            if trouble_of(error) is not DISK_FULL:
                raise
            raise _disk_full() from None
        uploads.forget(params["video"])
        return result


class _Import:
    """The import of one video."""

    def __init__(self, context: Context, project: Project, video: Video) -> None:
        self._context, self._project, self._video = context, project, video
        self._name: str = context.run.params["name"]
        self._folder: str = context.run.params.get("folder", "")
        self._plan = Plan(**context.run.params["plan"])
        frames = project.images.filter(folder=self._folder, name__startswith=_stem(self._name))
        made = frames.filter(created__gte=context.run.created)
        self._done = dict(made.values_list("name", "pk"))
        self._first: str | None = None
        self._images = self._repeated = 0

    def run(self) -> dict[str, Any]:
        self._check()
        chooser = Chooser(self._plan)
        decoded = False
        for second, frame in self._video.frames(self._plan.start):
            decoded = True
            if chooser.past(second):
                break
            self._context.check()
            if not chooser.wants(second):
                continue
            if self._number == settings.MAX_VIDEO_FRAMES:
                self._video.notes.append(f"Only the first {settings.MAX_VIDEO_FRAMES:,} frames were imported.")
                break
            self._take(second, frame)
        if not self._number:
            raise self._nothing(decoded)
        return self._result()

    @property
    def _number(self) -> int:
        return self._images + self._repeated

    def _check(self) -> None:
        video, limit = self._video, settings.MAX_IMAGE_PIXELS
        if video.width * video.height > limit:
            size = f"{video.width} × {video.height} pixels"
            raise VideoError(f"is {size} large; this server takes {limit // 10**6} megapixels.")
        if video.duration is None:
            return
        if video.duration > settings.MAX_VIDEO_SECONDS:
            minutes, most = ceil(video.duration / 60), settings.MAX_VIDEO_SECONDS / 60
            raise VideoError(f"is {minutes:,} minutes long; this server takes {most:,g}. Cut it first.")
        expected = self._plan.expected(video.duration, video.rate)
        if expected is not None and expected > settings.MAX_VIDEO_FRAMES:
            raise VideoError(
                f"would give about {expected:,} images; this server imports {settings.MAX_VIDEO_FRAMES:,} at once. "
                "Take fewer frames, or a part of it."
            )

    def _take(self, second: float, frame: Any) -> None:
        name = f"{_stem(self._name)}_{self._number + 1:06d}.jpg"
        self._tell(second, name)
        if name in self._done:
            self._images += 1
            self._first = self._first or str(self._done[name])
            return
        if self._number % LOOK_EVERY == 0 and room.free_bytes() < room.SPARE_BYTES:
            raise _disk_full()
        if frame.width * frame.height > settings.MAX_IMAGE_PIXELS:
            raise VideoError("has a frame with more pixels than this server takes.")
        self._store(name, _jpeg(frame, self._video.aspect), frame_note(second, self._name))

    def _store(self, name: str, data: bytes, note: str) -> None:
        try:
            by = self._context.run.requested_by
            image = ingest_bytes(self._project, by, name, data, notes=[note], folder=self._folder)
        except Conflict:
            # Pixel for pixel a frame (or image) that is here already, as in a still scene.
            self._repeated += 1
        except ApiError as error:
            raise RunFailed(error.message) from None
        else:
            self._images += 1
            self._first = self._first or str(image.pk)

    def _tell(self, second: float, name: str) -> None:
        end = min(filter(None, (self._plan.end, self._video.duration)), default=None)
        span = (end - self._plan.start) if end is not None else 0
        share = (second - self._plan.start) / span if span > 0 else 0.0
        self._context.progress(min(share, 0.99), f"{name} · second {second:.1f}" + (f" of {end:.1f}" if end else ""))

    def _nothing(self, decoded: bool) -> VideoError:
        duration = self._video.duration
        if self._plan.start and (not decoded or (duration is not None and self._plan.start >= duration)):
            length = f"; it is {duration:.1f} seconds long" if duration is not None else ""
            return VideoError(f"has no frame after second {self._plan.start:g}{length}.")
        if decoded:
            return VideoError("has no frame between the start and the end that were chosen.")
        return VideoError("has no frame that could be decoded; it is damaged or cut off.")

    def _result(self) -> dict[str, Any]:
        said = f"{counted(self._images, 'image')} from “{self._name}”."
        if self._repeated:
            said += f" {self._repeated} looked exactly like one that was here."
        self._context.progress(1.0, " ".join([said, *self._video.notes]))
        return {
            "images": self._images,
            "repeated": self._repeated,
            "seconds": self._video.duration,
            "first": self._first,
            "notes": self._video.notes,
        }


def _stem(name: str) -> str:
    return (name.rpartition(".")[0] or name)[: MAX_LENGTH - len("_000000.jpg")]


def _jpeg(frame: Any, aspect: float) -> bytes:
    out = io.BytesIO()
    image_of(frame, aspect).save(out, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return out.getvalue()


def _disk_full() -> RunFailed:
    return RunFailed("The server's disk is nearly full. The images so far are kept: make room, then try again.")

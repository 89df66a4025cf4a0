"""Runs "propagate": carry objects from image to image, each from where it was found last.

An image's suggestions and the objects' trails are stored together, so a second start of the same run goes on behind
the last image that was done. An object that becomes unsure stops there by itself; the others go on. The whole chain
stops at an image without embedding, unless a worker is making it this moment: embeddings that merely wait are made
before a run like this gets its turn (see services.py), and waiting for them here could hold up the very worker that
has to make them.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from annotator.inference.lending import Purpose, hold
from annotator.inference.models import ModelVersion
from annotator.lib.words import counted
from annotator.projects.models import Image
from annotator.runs.choices import Queue, State
from annotator.runs.models import Run
from annotator.runs.runner import Context, RunFailed, Runner
from annotator.suggestions.carry import chain, memory, store
from annotator.suggestions.carry.memory_walk import MemoryWalk
from annotator.suggestions.carry.order import after
from annotator.suggestions.known import masks_of
from annotator.suggestions.models import Search, Trail
from annotator.suggestions.queries import settings_of, tally_of
from export import Rle
from sam_backend import Embedding, video

LISTED = 200
WAIT_SECONDS = 0.5


class PropagateRunner(Runner):
    """Carry objects along the following images."""

    kind = "propagate"
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"images", "carried", "already_there", "unsure", "needs_a_look": [{"image", "name", "object" (None: it
        was pointed at), "track", "label", "confidence", "reason"}], "stopped": {"image", "name", "reason"} or None}."""
        params = context.run.params
        image = Image.workable.filter(pk=params["image"]).select_related("project").first()
        version = ModelVersion.objects.filter(pk=params["model_version"]).first()
        if image is None or version is None:
            raise RunFailed("The image or the model was removed before this run began.")
        journey = store.Journey(context.run, version, settings_of(image.project))
        trails = store.trails_of(context.run, image, params["objects"])
        with hold(version, Purpose.CARRY):
            stopped = _Walk(context, journey, image, trails).run()
        return _result(context, trails, stopped)


class _Walk:
    """The way along the images."""

    def __init__(self, context: Context, journey: store.Journey, first: Image, trails: list[Trail]) -> None:
        self._context, self._journey, self._trails, self._first = context, journey, trails, first
        self._count: int | None = context.run.params["count"]
        going = self._going()
        # Behind what an earlier start of this run has done.
        self._at, self._step = (going[0].image, going[0].step) if going else (first, 0)

    def run(self) -> dict[str, str] | None:
        """Walk to the end, or until no object is left; return where and why the whole chain stopped, if it did."""
        if not self._going():
            return None
        begin = self._embedding(self._first)
        source = begin if self._at == self._first else self._embedding(self._at)
        if begin is None or source is None:
            return self._stop(self._first if begin is None else self._at)
        if memory.remembers(self._journey.version):
            if video.can_follow():
                return self._remember()
            self._context.log("This worker has no PyTorch, so objects are carried without the model's memory.")
        self._describe(begin, self._starts(begin))
        if not self._going():
            return None
        for image in self._rest():
            self._tell(image)
            target = self._embedding(image)
            if target is None:
                return self._stop(image)
            if self._pass(image, source, target):
                source = target
            if not self._going():
                return None
        return None

    def _remember(self) -> dict[str, str] | None:
        """With a model that remembers images; from the beginning, as what it remembered before is gone."""
        self._at, self._step = self._first, 0
        images = list(self._rest())
        walk = MemoryWalk(
            self._context, self._journey, self._first, self._trails,
            embedding=self._embedding, tell=self._tell_step,
        )  # fmt: skip
        stopped = walk.run(images)
        return None if stopped is None else self._stop(stopped)

    def _starts(self, begin: Embedding) -> dict[uuid.UUID, Rle]:
        """The objects' masks in the first image; of those that somebody pointed at what the model says there, which is
        suggested, too."""
        drawn = {trail.pk: trail.source.rle for trail in self._trails if trail.source is not None}
        found = dict(zip(drawn, masks_of(drawn.values()), strict=True))
        pointed = [trail for trail in self._trails if trail.source is None]
        if not pointed:
            return found
        if any(len(trail.prompts) > 1 for trail in pointed):
            self._context.log("Without the model's memory only what was pointed at on the first image counts.")
        with _running(self._first):
            answers = chain.ask(self._journey.version, begin, [trail.prompts[0] for trail in pointed])
        if not Search.objects.filter(run=self._context.run, image=self._first).exists():
            self._context.check()
            store.keep(self._journey, self._first, 0, pointed, answers)
        both = zip(pointed, answers, strict=True)
        return found | {trail.pk: answer.found.rle for trail, answer in both if answer.found is not None}

    def _describe(self, begin: Embedding, starts: dict[uuid.UUID, Rle]) -> None:
        """Note what the objects looked like in the beginning, against which a chain's drift shows."""
        looks = chain.describe(self._journey.version, begin, list(starts.values()))
        self._looks = dict(zip(starts, looks, strict=True))

    def _rest(self) -> Iterator[Image]:
        left = None if self._count is None else self._count - self._step
        backwards = bool(self._context.run.params.get("backwards"))
        rows = list(after(self._context.run.requested_by, self._at, left, backwards=backwards))
        self._total = self._step + len(rows)
        yield from rows

    def _pass(self, image: Image, source: Embedding, target: Embedding) -> bool:
        going = self._going()
        with _running(image):
            masks = masks_of(trail.rle for trail in going)
            looks = [self._looks[trail.pk] for trail in going]
            answers = chain.follow(self._journey.version, source, masks, target, looks)
        self._context.check()
        self._step += 1
        return store.keep(self._journey, image, self._step, going, answers)

    def _going(self) -> list[Trail]:
        return [trail for trail in self._trails if not trail.reason]

    def _tell(self, image: Image) -> None:
        objects = len(self._going())
        said = f"{self._step + 1} of {self._total}: {image.name} · {counted(objects, 'object')}"
        self._context.progress(self._step / max(self._total, 1), said)

    def _tell_step(self, image: Image, step: int) -> None:
        self._step = step - 1
        self._tell(image)

    def _embedding(self, image: Image) -> Embedding | None:
        try:
            while (found := chain.embedding_of(image, self._journey.version)) is None and _in_the_making(image):
                self._context.check()
                time.sleep(WAIT_SECONDS)
        except ValueError as error:
            raise RunFailed(f"The embedding of “{image.name}” is damaged: {error}") from error
        return found

    def _stop(self, image: Image) -> dict[str, str]:
        last = Run.objects.filter(kind="embed", subject=image.pk).first()
        why = f"“{image.name}” has no embedding: {_why(last)}. Start again from the image before it when it has one."
        self._context.log(why)
        return {"image": str(image.pk), "name": image.name, "reason": why}


@contextmanager
def _running(image: Image) -> Iterator[None]:
    """Say in words what kept the model from an image."""
    try:
        yield
    except FileNotFoundError:
        raise RunFailed("A file of the model is missing from the server's storage.") from None
    except ValueError as error:
        raise RunFailed(f"The model could not be run on “{image.name}”: {error}") from error


def _in_the_making(image: Image) -> bool:
    return Run.objects.filter(kind="embed", subject=image.pk, state=State.RUNNING).exists()


def _why(last: Run | None) -> str:
    if last is not None and last.state == State.FAILED:
        return f"preparing it failed ({last.error.rstrip('.')[:200]})"
    return "it is still waiting to be prepared" if last is not None and last.state == State.QUEUED else "none was made"


def _result(context: Context, trails: list[Trail], stopped: dict[str, str] | None) -> dict[str, Any]:
    images, found, carried = tally_of(context.run)
    lost = [trail for trail in trails if trail.reason]
    said = f"{counted(images, 'image')}, {counted(carried, 'object')} carried"
    said += f", {len(lost)} need{'s' if len(lost) == 1 else ''} a look." if lost else "."
    context.progress(1.0, f"{said} {stopped['reason']}" if stopped else said)
    rejected = sum(trail.reason == store.REJECTED for trail in lost)
    return {
        "images": images,
        "carried": carried,
        "already_there": found - carried - rejected,
        "unsure": len(lost),
        "needs_a_look": [_look(trail) for trail in lost[:LISTED]],
        "stopped": stopped,
    }


def _look(trail: Trail) -> dict[str, Any]:
    label = (trail.source or trail).label
    return {
        "image": str(trail.lost_in_id) if trail.lost_in_id else None,
        "name": trail.lost_in.name if trail.lost_in else "",
        "object": str(trail.source_id) if trail.source_id else None,
        "track": trail.track,
        "label": label.name if label else None,
        "confidence": None if trail.confidence is None else round(trail.confidence, 3),
        "reason": trail.reason,
    }

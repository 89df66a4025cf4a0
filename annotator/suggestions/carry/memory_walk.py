"""The way along the images with a model that remembers them.

Every object that people drew of a track counts, on whatever image: before the walk those nearest to its beginning are
read, on the way each that is met. So a corrected image is where the next walk begins, and what was suggested behind it
is replaced. What is remembered is held in memory alone: a walk that was interrupted begins anew, and replaces what
it had suggested.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from annotator.annotations.models import Annotation
from annotator.projects.models import Image
from annotator.projects.models.image import IN_ORDER
from annotator.runs.runner import Context, RunFailed
from annotator.suggestions.carry import memory, store
from annotator.suggestions.carry.order import numbers_of
from annotator.suggestions.carry.tracks import marks_of
from annotator.suggestions.known import masks_of
from annotator.suggestions.models import Trail
from sam_backend import Embedding

BEFORE = 8
"""Images with people's objects of a track that are read before a walk: as many as the model reads at once."""


class MemoryWalk:
    """Carries trails along `images`, which follow `first` in either direction.

    `embedding` waits for an image's embedding and gives None where there is none; `tell` says how far the walk is."""

    def __init__(
        self, context: Context, journey: store.Journey, first: Image, trails: list[Trail], *,
        embedding: Callable[[Image], Embedding | None], tell: Callable[[Image, int], None],
    ) -> None:  # fmt: skip
        self._context, self._journey, self._first, self._trails = context, journey, first, trails
        self._embedding, self._tell = embedding, tell
        self._numbers = numbers_of(context.run.requested_by, first)
        self._marks = marks_of(first.project, [trail.track for trail in trails if trail.track is not None])
        step = -1 if context.run.params.get("backwards") else 1
        try:
            self._follower = memory.follower(
                journey.version, len(self._numbers), step=step, begin=self._numbers[first.pk]
            )
        except FileNotFoundError:
            raise RunFailed("A file of the model is missing from the server's storage.") from None
        except ValueError as error:
            raise RunFailed(f"The model cannot follow objects: {error}") from error

    def run(self, images: Sequence[Image]) -> Image | None:
        """Walk; return the image without embedding that stopped it, if one did."""
        store.begin_anew(self._trails, self._first)
        if (stopped := self._read_marks()) is not None:
            return stopped
        for step, image in enumerate(images, 1):
            if image.pk not in self._numbers:  # deleted since
                continue
            self._tell(image, step)
            target = self._embedding(image)
            if target is None:
                return image
            self._pass(image, step, target)
            if not self._going():
                break
        return None

    def _read_marks(self) -> Image | None:
        """What people drew, the beginning of the walk last."""
        here = self._numbers[self._first.pk]
        drawn = [pk for pk in self._marks if pk in self._numbers and pk != self._first.pk]
        nearest = sorted(drawn, key=lambda pk: abs(self._numbers[pk] - here))[: BEFORE - 1]
        for image in Image.workable.filter(pk__in=nearest).order_by(*IN_ORDER):
            if (embedding := self._embedding(image)) is not None:
                self._mark(image, embedding, self._drawn_on(image, self._trails))
        begin = self._embedding(self._first)
        if begin is None:
            return self._first
        self._mark(self._first, begin, {trail.pk: trail.source for trail in self._trails})
        return None

    def _drawn_on(self, image: Image, trails: Sequence[Trail]) -> dict[uuid.UUID, Annotation]:
        """What people drew there of these trails' tracks."""
        drawn = self._marks.get(image.pk, {})
        return {trail.pk: drawn[trail.track] for trail in trails if trail.track is not None and trail.track in drawn}

    def _mark(self, image: Image, embedding: Embedding, drawn: dict[uuid.UUID, Annotation]) -> None:
        if drawn:
            masks = masks_of(row.rle for row in drawn.values())
            self._follower.mark(self._numbers[image.pk], embedding, dict(zip(drawn, masks, strict=True)))

    def _pass(self, image: Image, step: int, target: Embedding) -> None:
        going = self._going()
        drawn = self._drawn_on(image, going)
        self._mark(image, target, drawn)
        looked = [trail for trail in going if trail.pk not in drawn]
        try:
            seen = self._follower.follow(self._numbers[image.pk], target, [trail.pk for trail in looked])
        except ValueError as error:
            raise RunFailed(f"The model could not be run on “{image.name}”: {error}") from error
        self._context.check()
        store.keep_seen(self._journey, image, step, looked, seen)

    def _going(self) -> list[Trail]:
        return [trail for trail in self._trails if not trail.reason]

"""The way along the images with a model that remembers them.

Every object that people drew of a track counts, on whatever image: before the walk those nearest to its beginning are
read, on the way each that is met. What they only pointed at is read before the walk, wherever it is, as SAM 2 does with
the prompts of a video. So a corrected image is where the next walk begins, and what was suggested behind it
is replaced. What is remembered is held in memory alone: a walk that was interrupted begins anew, and replaces what
it had suggested.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

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
        self._pointed = _by_image(trails)
        self._seen: dict[uuid.UUID, dict[uuid.UUID, memory.Seen]] = {}
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
        self._begin()
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
        """What people drew and pointed at, the beginning of the walk last."""
        here = self._numbers[self._first.pk]
        drawn = [pk for pk in self._marks if pk in self._numbers and pk != self._first.pk]
        nearest = sorted(drawn, key=lambda pk: abs(self._numbers[pk] - here))[: BEFORE - 1]
        pointed = [pk for pk in self._pointed if pk in self._numbers and pk != self._first.pk]
        for image in Image.workable.filter(pk__in=[*nearest, *pointed]).order_by(*IN_ORDER):
            if (embedding := self._embedding(image)) is not None:
                self._mark(image, embedding, self._drawn_on(image, self._trails))
                self._ask(image, embedding)
            elif image.pk in self._pointed:
                return image
        begin = self._embedding(self._first)
        if begin is None:
            return self._first
        self._mark(self._first, begin, {trail.pk: trail.source for trail in self._trails if trail.source is not None})
        self._ask(self._first, begin)
        return None

    def _ask(self, image: Image, embedding: Embedding) -> None:
        pointed = self._pointed.get(image.pk)
        if pointed is None:
            return
        try:
            self._seen[image.pk] = self._follower.ask(self._numbers[image.pk], embedding, pointed)
        except ValueError as error:
            raise RunFailed(f"The model could not be run on “{image.name}”: {error}") from error

    def _begin(self) -> None:
        """Where somebody only pointed at objects, they are suggested, too."""
        seen = self._seen.get(self._first.pk, {})
        pointed = [trail for trail in self._trails if trail.pk in seen]
        if pointed:
            store.keep_seen(self._journey, self._first, 0, pointed, [seen[trail.pk] for trail in pointed])

    def _drawn_on(self, image: Image, trails: Sequence[Trail]) -> dict[uuid.UUID, Annotation]:
        """What people drew there of these trails' tracks, and did not point at anew."""
        drawn, pointed = self._marks.get(image.pk, {}), self._pointed.get(image.pk, {})
        return {
            trail.pk: drawn[trail.track]
            for trail in trails
            if trail.track is not None and trail.track in drawn and trail.pk not in pointed
        }

    def _mark(self, image: Image, embedding: Embedding, drawn: dict[uuid.UUID, Annotation]) -> None:
        if drawn:
            masks = masks_of(row.rle for row in drawn.values())
            self._follower.mark(self._numbers[image.pk], embedding, dict(zip(drawn, masks, strict=True)))

    def _pass(self, image: Image, step: int, target: Embedding) -> None:
        going = self._going()
        drawn = self._drawn_on(image, going)
        self._mark(image, target, drawn)
        shown = [trail for trail in going if trail.pk not in drawn]
        seen = dict(self._seen.get(image.pk, {}))
        looked = [trail.pk for trail in shown if trail.pk not in seen]
        try:
            seen |= zip(looked, self._follower.follow(self._numbers[image.pk], target, looked), strict=True)
        except ValueError as error:
            raise RunFailed(f"The model could not be run on “{image.name}”: {error}") from error
        self._context.check()
        store.keep_seen(self._journey, image, step, shown, [seen[trail.pk] for trail in shown])

    def _going(self) -> list[Trail]:
        return [trail for trail in self._trails if not trail.reason]


def _by_image(trails: Sequence[Trail]) -> dict[uuid.UUID, dict[uuid.UUID, dict[str, Any]]]:
    """Prompts by image and trail."""
    found: dict[uuid.UUID, dict[uuid.UUID, dict[str, Any]]] = defaultdict(dict)
    for trail in trails:
        for prompt in trail.prompts:
            found[uuid.UUID(prompt["image"])][trail.pk] = prompt
    return found

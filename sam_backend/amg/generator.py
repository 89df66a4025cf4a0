"""The generator: crops, batches, filters, suppression, and only then masks at image size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.amg.backends import DecoderBackend
from sam_backend.amg.candidates import Candidate, decode_batch
from sam_backend.amg.finish import make_records
from sam_backend.amg.grid import Crop, crop_points, crops_of
from sam_backend.amg.params import Params
from sam_backend.amg.record import MaskRecord
from sam_backend.amg.select import acceptable, best_of_crop, best_of_layer, news
from sam_backend.transforms import check_image

Image = npt.NDArray[np.uint8]
Region = tuple[int, int, int, int]


@dataclass(frozen=True)
class Progress:
    """Prompts decoded so far, of how many, and candidates found so far (before suppression)."""

    done: int
    total: int
    candidates: int


@dataclass(frozen=True)
class Hooks:
    """How a search is watched and stopped: see ``AutomaticMasks.generate``."""

    progress: Callable[[Progress], object] | None = None
    cancelled: Callable[[], bool] | None = None
    found: Callable[[list[Candidate]], object] | None = None


class Cancelled(Exception):
    """The caller's ``cancelled`` hook said to stop."""


class AutomaticMasks:
    """Segments everything in an image with a decoder backend.

    Memory: one batch of low-resolution logits, plus for each surviving candidate the logits around its mask, plus one
    mask's bounding box at image size; never a float image of the whole image.
    """

    def __init__(self, backend: DecoderBackend, params: Params) -> None:
        self.backend = backend
        self.params = params

    def generate(
        self,
        rgb: Image,
        *,
        encoded: Any = None,
        region: Region | None = None,
        progress: Callable[[Progress], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
        found: Callable[[list[Candidate]], object] | None = None,
    ) -> list[MaskRecord]:
        """Masks of an upright uint8 RGB image [H, W, 3], best predicted IoU first.

        ``encoded`` saves encoding the whole image again where its embedding is at hand. ``region``
        (x, y, width, height) in image pixels looks at that part only, enlarged. ``progress`` is called after every
        batch; ``cancelled`` is asked before every batch. ``found`` hears, after every batch that brought any, the new
        candidates that pass every filter and resemble none it heard of before; ``make_records`` turns them into masks.
        They are provisional: a later, better candidate may replace one of them in the result.

        Raises:
            ValueError: no uint8 RGB image, or a region outside it.
            Cancelled: ``cancelled`` returned true.
        """
        image = check_image(rgb)
        height, width = image.shape[:2]
        search = _Search(self.backend, self.params, image, region, Hooks(progress, cancelled, found))
        kept: list[Candidate] = []
        for layer in search.layers:
            best: list[Candidate] = []
            for crop in search.of_layer(layer):
                passed = acceptable(list(search.crop(crop, encoded)), self.params, height, width)
                best += best_of_crop(passed, self.params)
            kept += best_of_layer(best, kept, self.params) if len(search.crops) > 1 else best
        return self.make_records(kept, height, width)

    def candidates(
        self,
        rgb: Image,
        *,
        encoded: Any = None,
        region: Region | None = None,
        progress: Callable[[Progress], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[Candidate]:
        """What ``generate`` chooses from: every candidate that reaches the parameters' ``predicted_iou`` and
        ``stability``, with no other filter applied, in the order found. Arguments and errors as there.

        For trying thresholds: search once with low ones, then for each choice call ``filter_candidates`` and
        ``make_records``, which together give exactly what ``generate`` gives. A candidate holds the logits around its
        mask, 256 kB at most, so thresholds also bound the memory: three candidates per prompt pass the lowest.
        """
        search = _Search(self.backend, self.params, check_image(rgb), region, Hooks(progress, cancelled))
        return [c for layer in search.layers for crop in search.of_layer(layer) for c in search.crop(crop, encoded)]

    def make_records(self, candidates: list[Candidate], height: int, width: int) -> list[MaskRecord]:
        """Records of candidates of an image of ``height`` x ``width`` pixels: see ``finish.make_records``."""
        return make_records(candidates, height, width, self.backend.threshold, self.params)


class _Search:
    """One pass over an image's crops and batches."""

    def __init__(
        self, backend: DecoderBackend, params: Params, image: Image, region: Region | None, hooks: Hooks
    ) -> None:
        self.backend, self.params, self.image, self.region, self.hooks = backend, params, image, region, hooks
        height, width = image.shape[:2]
        self.crops = crops_of(height, width, params) if region is None else [_region_crop(region, height, width)]
        self.total = sum(len(crop_points(crop, params)) for crop in self.crops)
        self.done = self.count = 0
        self.shown: list[Candidate] = []

    @property
    def layers(self) -> list[int]:
        """Layer numbers, the most zoomed-in first."""
        return sorted({crop.layer for crop in self.crops}, reverse=True)

    def of_layer(self, layer: int) -> list[Crop]:
        return [crop for crop in self.crops if crop.layer == layer]

    def crop(self, crop: Crop, encoded: Any) -> Iterator[Candidate]:
        """Candidates of one crop; ``encoded`` is the whole image's embedding, or None."""
        self._check()
        frame = self.backend.frame(crop.height, crop.width)
        if encoded is None or crop.layer or self.region is not None:
            part = self.image[crop.y0 : crop.y1, crop.x0 : crop.x1]
            encoded = self.backend.encode(np.ascontiguousarray(part))
        points = crop_points(crop, self.params)
        polish = self.backend.polish(encoded, frame)
        for start in range(0, len(points), self.params.points_per_batch):
            self._check()
            batch = points[start : start + self.params.points_per_batch]
            candidates = decode_batch(self.backend, encoded, crop, frame, batch, self.params, polish)
            yield from candidates
            self._report(len(batch), candidates)

    def _check(self) -> None:
        if self.hooks.cancelled is not None and self.hooks.cancelled():
            raise Cancelled(f"Stopped after {self.done} of {self.total} prompts.")

    def _report(self, prompts: int, candidates: list[Candidate]) -> None:
        self.done += prompts
        passed = acceptable(candidates, self.params, *self.image.shape[:2])
        self.count += len(passed)
        if self.hooks.found is not None:
            fresh = news(passed, self.shown, self.params)
            self.shown += fresh
            if fresh:
                self.hooks.found(fresh)
        if self.hooks.progress is not None:
            self.hooks.progress(Progress(self.done, self.total, self.count))


def _region_crop(region: tuple[int, int, int, int], height: int, width: int) -> Crop:
    x, y, w, h = region
    if w < 1 or h < 1 or x < 0 or y < 0 or x + w > width or y + h > height:
        raise ValueError(f"The region must lie in the image of {width} x {height} pixels; received {region}.")
    return Crop(0, x, y, x + w, y + h)

"""The generator: crops, batches, filters, suppression, and only then masks at image size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.amg.backends import DecoderBackend
from sam_backend.amg.candidates import Candidate, Picture, best_of_crop, best_of_layer, decode_batch
from sam_backend.amg.finish import finish, without_late_duplicates
from sam_backend.amg.grid import Crop, crop_points, crops_of
from sam_backend.amg.params import Params
from sam_backend.amg.record import MaskRecord
from sam_backend.transforms import Frame, check_image


@dataclass(frozen=True)
class Progress:
    """Prompts decoded so far, of how many, and candidates found so far (before suppression)."""

    done: int
    total: int
    candidates: int


class Cancelled(Exception):
    """The caller's ``cancelled`` hook said to stop."""


class AutomaticMasks:
    """Segments everything in a picture with a decoder backend.

    Memory: one batch of low-resolution logits, plus for each surviving candidate the logits around its mask, plus one
    mask's bounding box at image size; never a float picture of the whole image.
    """

    def __init__(self, backend: DecoderBackend, params: Params) -> None:
        self.backend = backend
        self.params = params

    def generate(
        self,
        rgb: npt.NDArray[np.uint8],
        *,
        encoded: Any = None,
        region: tuple[int, int, int, int] | None = None,
        progress: Callable[[Progress], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> list[MaskRecord]:
        """Masks of an upright uint8 RGB image [H, W, 3], best predicted IoU first.

        ``encoded`` saves encoding the whole image again where its embedding is at hand. ``region``
        (x, y, width, height) in image pixels looks at that part only, enlarged. ``progress`` is called after every
        batch; ``cancelled`` is asked before every batch.

        Raises:
            ValueError: no uint8 RGB image, or a region outside it.
            Cancelled: ``cancelled`` returned true.
        """
        image = check_image(rgb)
        height, width = image.shape[:2]
        crops = crops_of(height, width, self.params) if region is None else [_region_crop(region, height, width)]
        report = _Reporter(sum(len(crop_points(crop, self.params)) for crop in crops), progress, cancelled)
        kept: list[Candidate] = []
        for layer in sorted({crop.layer for crop in crops}, reverse=True):
            found: list[Candidate] = []
            for crop in (c for c in crops if c.layer == layer):
                whole = encoded if layer == 0 and region is None else None
                found += best_of_crop(list(self._crop(image, crop, whole, report)), self.params)
            kept += best_of_layer(found, kept, self.params)
        records = [finish(candidate, height, width, self.backend.threshold, self.params) for candidate in kept]
        return without_late_duplicates([record for record in records if record], self.params)

    def _crop(self, image: npt.NDArray[np.uint8], crop: Crop, encoded: Any, report: _Reporter) -> Iterator[Candidate]:
        report.check()
        frame = Frame(crop.height, crop.width, self.backend.input_size)
        picture = Picture(image.shape[0], image.shape[1], crop, frame)
        if encoded is None:
            encoded = self.backend.encode(np.ascontiguousarray(image[crop.y0 : crop.y1, crop.x0 : crop.x1]))
        points = crop_points(crop, self.params)
        for start in range(0, len(points), self.params.points_per_batch):
            report.check()
            batch = points[start : start + self.params.points_per_batch]
            found = decode_batch(self.backend, encoded, picture, batch, self.params)
            yield from found
            report.add(len(batch), len(found))


class _Reporter:
    """Counts prompts, tells the caller, and stops when asked to."""

    def __init__(
        self, total: int, progress: Callable[[Progress], object] | None, cancelled: Callable[[], bool] | None
    ) -> None:
        self.total, self.done, self.candidates = total, 0, 0
        self.progress, self.cancelled = progress, cancelled

    def check(self) -> None:
        if self.cancelled is not None and self.cancelled():
            raise Cancelled(f"Stopped after {self.done} of {self.total} prompts.")

    def add(self, prompts: int, candidates: int) -> None:
        self.done += prompts
        self.candidates += candidates
        if self.progress is not None:
            self.progress(Progress(self.done, self.total, self.candidates))


def _region_crop(region: tuple[int, int, int, int], height: int, width: int) -> Crop:
    x, y, w, h = region
    if w < 1 or h < 1 or x < 0 or y < 0 or x + w > width or y + h > height:
        raise ValueError(f"The region must lie in the image of {width} x {height} pixels; received {region}.")
    return Crop(0, x, y, x + w, y + h)

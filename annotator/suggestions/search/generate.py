"""From an image and a model version to masks: the one place that calls the mask generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from annotator.inference.embeddings import as_stored, stored_embedding
from annotator.inference.lending import Purpose, borrow
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.projects.renditions import read_rgb
from annotator.suggestions.known import Found
from annotator.suggestions.search.candidates import small
from export import Rle
from sam_backend import Embedding, Predictor
from sam_backend.amg.backends import PredictorBackend
from sam_backend.amg.candidates import Candidate
from sam_backend.amg.generator import AutomaticMasks, Progress
from sam_backend.amg.params import Params
from sam_backend.amg.record import MaskRecord


def masks(
    version: ModelVersion, image: Image, region: list[int] | None, search: Params, progress: Callable[[float], None],
    arrived: Callable[[list[Found]], None] | None = None,
) -> list[Found]:  # fmt: skip
    """Search an image, or [x, y, w, h] of it. `progress` hears the share done; what it raises stops the search.
    `arrived` hears new masks after every batch: nearly what is returned, for a better one may replace some of them.

    Raises FileNotFoundError, ValueError when the model's package is broken, MemoryError when the image is too large."""
    rgb = read_rgb(image.sha256)
    box = (region[0], region[1], region[2], region[3]) if region is not None else None
    with borrow(version, Purpose.SEARCH) as predictor:
        encoded = None if region is not None else _embedding(predictor, image, version, rgb)
        generator = AutomaticMasks(PredictorBackend(predictor), search)

        def tell(candidates: list[Candidate]) -> None:
            if arrived is not None:
                arrived([_found(record) for record in generator.make_records(candidates, *rgb.shape[:2])])

        records = generator.generate(
            rgb, encoded=encoded, region=box, progress=lambda step: progress(_share(step)),
            found=None if arrived is None else tell,
        )  # fmt: skip
    return [_found(record) for record in records]


def candidates(
    version: ModelVersion, image: Image, search: Params, likely: Params, progress: Callable[[float], None]
) -> list[dict[str, Any]]:
    """Return everything an image gives above the search's thresholds, before suppression, as `candidates.small` does.

    Raises as `masks`."""
    rgb = read_rgb(image.sha256)
    with borrow(version, Purpose.SEARCH) as predictor:
        generator = AutomaticMasks(PredictorBackend(predictor), search)
        found = generator.candidates(
            rgb, encoded=_embedding(predictor, image, version, rgb), progress=lambda step: progress(_share(step))
        )
    return small(found, rgb.shape[0], rgb.shape[1], generator.backend.threshold, likely)


def _share(step: Progress) -> float:
    return step.done / max(step.total, 1)


def _embedding(predictor: Predictor, image: Image, version: ModelVersion, rgb: npt.NDArray[np.uint8]) -> Embedding:
    """The stored embedding; where it is not there yet, what would be stored: a search finds the same masks before and
    after, which it would not with the finer numbers that the encoder gives."""
    return stored_embedding(image, version) or as_stored(predictor.encode(rgb))


def _found(record: MaskRecord) -> Found:
    height, width = record.segmentation["size"]
    x, y, box_width, box_height = (round(side) for side in record.crop_box)
    return Found(
        rle=Rle((height, width), record.segmentation["counts"]),
        predicted_iou=record.predicted_iou,
        stability_score=record.stability_score,
        point=record.point,
        crop_box=(x, y, box_width, box_height),
    )

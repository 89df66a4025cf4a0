"""From a picture and a model version to masks: the one place that calls the mask generator."""
from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings

from annotator.inference import embeddings
from annotator.inference.models import ModelVersion
from annotator.inference.packages import open_package
from annotator.lib import storage
from annotator.projects.models import Image
from annotator.projects.renditions import read_rgb
from annotator.suggestions.arrange import Found
from annotator.suggestions.candidates import small
from export import Rle
from sam_backend import Embedding, Predictor
from sam_backend.amg.backends import PredictorBackend
from sam_backend.amg.candidates import Candidate
from sam_backend.amg.generator import AutomaticMasks, Progress
from sam_backend.amg.params import Params
from sam_backend.amg.record import MaskRecord

# A predictor of its own, one search at a time: a search takes long, and the encoder that serves people must not wait.
_busy = threading.Lock()
_loaded: dict[str, Predictor] = {}


def masks(
    version: ModelVersion, image: Image, region: list[int] | None, search: Params, progress: Callable[[float], None],
    arrived: Callable[[list[Found]], None] | None = None,
) -> list[Found]:  # fmt: skip
    """Search an image, or [x, y, w, h] of it. `progress` hears the share done; what it raises stops the search.
    `arrived` hears new masks after every batch: nearly what is returned, for a better one may replace some of them.

    Raises FileNotFoundError, ValueError when the model's package is broken, MemoryError when the image is too large."""
    rgb = read_rgb(image.sha256)
    box = (region[0], region[1], region[2], region[3]) if region is not None else None
    with _busy:
        encoded = None if region is not None else _embedding(image, version, rgb)
        generator = AutomaticMasks(PredictorBackend(_predictor(version)), search)

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
    with _busy:
        generator = AutomaticMasks(PredictorBackend(_predictor(version)), search)
        found = generator.candidates(
            rgb, encoded=_embedding(image, version, rgb), progress=lambda step: progress(_share(step))
        )
    return small(found, rgb.shape[0], rgb.shape[1], generator.backend.threshold, likely)


def _share(step: Progress) -> float:
    return step.done / max(step.total, 1)


def _predictor(version: ModelVersion) -> Predictor:
    if version.sha256 not in _loaded:
        _loaded.clear()
        _loaded[version.sha256] = Predictor(open_package(version), threads=settings.ENCODER_THREADS)
    return _loaded[version.sha256]


def _embedding(image: Image, version: ModelVersion, rgb: npt.NDArray[np.uint8]) -> Embedding:
    """The stored embedding; where it is not there yet, what would be stored: a search finds the same masks before and
    after, which it would not with the finer numbers that the encoder gives."""
    stored = stored_embedding(image, version)
    return stored or Embedding.from_bytes(_predictor(version).encode(rgb).to_bytes())


def stored_embedding(image: Image, version: ModelVersion) -> Embedding | None:
    """Return the stored embedding, which saves encoding the image again; None when there is none."""
    stored = embeddings.find(image, version)
    if stored is None or not storage.has_blob(stored.sha256):
        return None
    with storage.open_blob(stored.sha256) as blob:
        return Embedding.from_bytes(blob.read())


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

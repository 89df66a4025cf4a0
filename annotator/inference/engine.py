"""The process-wide predictors: loaded when first needed, a few kept, one encoding at a time."""
from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from django.conf import settings

from annotator.inference.models import ModelVersion
from annotator.inference.packages import open_package
from sam_backend import Embedding, Predictor

log = logging.getLogger(__name__)

KEPT = 2

_predictors: OrderedDict[str, Predictor] = OrderedDict()
# The runtime spreads one encoding over the processor's cores; two at once would only take twice the memory.
_busy = threading.Lock()


def encode(version: ModelVersion, rgb: npt.NDArray[np.uint8]) -> Embedding:
    """Return the embedding of uint8 RGB [height, width, 3]. Raises ValueError when the package is broken."""
    return encode_all(version, [rgb])[0]


def encode_all(version: ModelVersion, pictures: Sequence[npt.NDArray[np.uint8]]) -> list[Embedding]:
    """Return the embeddings of several pictures, in order; one pass where a GPU takes them. Raises as `encode`."""
    with _busy:
        return list(_predictor(version).encode_all(pictures))


def batch_size(version: ModelVersion) -> int:
    """Return how many pictures are worth encoding together: what a GPU's free memory takes; one on a processor.

    One, too, for a package that cannot be opened: encoding with it will say why.
    """
    try:
        with _busy:
            return _predictor(version).batch_size()
    except (ValueError, OSError):
        return 1


def _predictor(version: ModelVersion) -> Predictor:
    found = _predictors.pop(version.sha256, None)
    if found is None:
        found = Predictor(
            open_package(version), threads=settings.ENCODER_THREADS, compiled=settings.ENCODER_COMPILED
        )
        log.info("%s is encoded with %s", version, found.backend)
        while len(_predictors) >= KEPT:
            _predictors.popitem(last=False)
    _predictors[version.sha256] = found
    return found


def forget_all() -> None:
    """Drop every loaded model."""
    with _busy:
        _predictors.clear()

"""The process-wide predictors: loaded when first needed, a few kept, one encoding at a time."""
from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
import numpy.typing as npt
from django.conf import settings

from annotator.inference.models import ModelVersion
from annotator.inference.packages import open_package
from sam_backend import Embedding, Predictor

KEPT = 2

_predictors: OrderedDict[str, Predictor] = OrderedDict()
# The runtime spreads one encoding over the processor's cores; two at once would only take twice the memory.
_busy = threading.Lock()


def encode(version: ModelVersion, rgb: npt.NDArray[np.uint8]) -> Embedding:
    """Return the embedding of uint8 RGB [height, width, 3]. Raises ValueError when the package is broken."""
    with _busy:
        return _predictor(version).encode(rgb)


def _predictor(version: ModelVersion) -> Predictor:
    found = _predictors.pop(version.sha256, None)
    if found is None:
        found = Predictor(open_package(version), threads=settings.ENCODER_THREADS)
        while len(_predictors) >= KEPT:
            _predictors.popitem(last=False)
    _predictors[version.sha256] = found
    return found


def forget_all() -> None:
    """Drop every loaded model."""
    with _busy:
        _predictors.clear()

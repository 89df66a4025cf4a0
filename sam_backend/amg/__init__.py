"""Automatic mask generation (paper, section 4 "Fully automatic stage" and appendix B): segment everything in a picture.

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset

backend = PredictorBackend(Predictor(load_package(compact_package_path())))
masks = AutomaticMasks(backend, preset("quick")).generate(rgb)
"""

from __future__ import annotations

from sam_backend.amg.backends import DecoderBackend, PredictorBackend, TorchBackend
from sam_backend.amg.generator import AutomaticMasks, Cancelled, Progress
from sam_backend.amg.params import PRESETS, Params, preset
from sam_backend.amg.record import MaskRecord

__all__ = [
    "PRESETS",
    "AutomaticMasks",
    "Cancelled",
    "DecoderBackend",
    "MaskRecord",
    "Params",
    "PredictorBackend",
    "Progress",
    "TorchBackend",
    "preset",
]

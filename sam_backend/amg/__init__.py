"""Automatic mask generation (paper, section 4 "Fully automatic stage" and appendix B): segment everything in an image.

from sam_backend.package import compact_package_path, load_package
from sam_backend.predictor import Predictor
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset

backend = PredictorBackend(Predictor(load_package(compact_package_path())))
masks = AutomaticMasks(backend, preset("quick")).generate(rgb)
"""

from __future__ import annotations

from sam_backend.amg.backends import DecoderBackend, PredictorBackend, TorchBackend
from sam_backend.amg.candidates import Candidate
from sam_backend.amg.finish import make_records
from sam_backend.amg.generator import AutomaticMasks, Cancelled, Progress
from sam_backend.amg.params import PRESETS, Params, preset
from sam_backend.amg.record import MaskRecord
from sam_backend.amg.select import filter_candidates

__all__ = [
    "PRESETS",
    "AutomaticMasks",
    "Cancelled",
    "Candidate",
    "DecoderBackend",
    "MaskRecord",
    "Params",
    "PredictorBackend",
    "Progress",
    "TorchBackend",
    "filter_candidates",
    "make_records",
    "preset",
]

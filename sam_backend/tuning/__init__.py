"""A model learns from accepted masks: its decoder alone, from stored embeddings, so that no image is encoded again.

`tune` splits the images, trains with SAM's prompt simulation, writes a whole model package, and measures it beside its
parent on images that neither learning nor the choice of weights has seen. Reading this module needs no PyTorch; tuning
does (`pip install 'maskwright[train]'`).
"""

from __future__ import annotations

from sam_backend.tuning.errors import TuneCancelled, TuneError
from sam_backend.tuning.records import Example, TuneOptions, TuneProgress
from sam_backend.tuning.report import Change, Counts, TuneReport, Value
from sam_backend.tuning.run import tune

__all__ = [
    "Change",
    "Counts",
    "Example",
    "TuneCancelled",
    "TuneError",
    "TuneOptions",
    "TuneProgress",
    "TuneReport",
    "Value",
    "tune",
]

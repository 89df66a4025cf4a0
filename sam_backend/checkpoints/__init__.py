"""Weight files: read without running any code in them, recognise them, load them."""

from __future__ import annotations

from sam_backend.checkpoints.load import (
    load_checkpoint,
    load_hq_state,
    load_model,
    load_sam2_state,
    load_state,
    load_video_model,
    load_video_state,
)
from sam_backend.checkpoints.read import read_weights
from sam_backend.checkpoints.recognise import recognise

__all__ = [
    "load_checkpoint",
    "load_hq_state",
    "load_model",
    "load_sam2_state",
    "load_state",
    "load_video_model",
    "load_video_state",
    "read_weights",
    "recognise",
]

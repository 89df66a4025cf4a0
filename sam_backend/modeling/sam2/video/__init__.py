"""What SAM 2's checkpoints hold for video: the memory of earlier frames. Needs torch."""

from __future__ import annotations

from sam_backend.modeling.sam2.video.model import Sam2Video

__all__ = ["Sam2Video"]

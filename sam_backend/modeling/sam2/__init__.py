"""SAM 2 (Ravi et al. 2024) and EdgeTAM (Zhou et al. 2025) on single pictures, with the official checkpoints' parameter
names. Needs torch."""

from __future__ import annotations

from sam_backend.modeling.sam2.model import Sam2

__all__ = ["Sam2"]

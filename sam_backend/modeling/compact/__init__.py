"""The compact promptable model: SAM at a quarter of the width, with a convolutional encoder."""

from __future__ import annotations

from sam_backend.modeling.compact.model import CompactSam

__all__ = ["CompactSam"]

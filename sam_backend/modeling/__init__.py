"""SAM in PyTorch, after the paper. Importing this package needs torch."""

from __future__ import annotations

from sam_backend.modeling.sam import Sam

__all__ = ["Sam"]

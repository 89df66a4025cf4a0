"""HQ-SAM (Ke et al. 2023) in PyTorch. Importing this package needs torch."""

from __future__ import annotations

from sam_backend.modeling.hq.model import HqSam

__all__ = ["HqSam"]

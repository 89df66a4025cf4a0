"""SAM 3's image encoder (Carion et al. 2025) as its tracker reads it, with the official names. Needs torch."""

from __future__ import annotations

from sam_backend.modeling.sam3.neck import ImageEncoder

__all__ = ["ImageEncoder"]

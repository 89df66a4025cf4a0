"""The families that are built of SAM's parts, as one type."""

from __future__ import annotations

from sam_backend.modeling.hq import HqSam
from sam_backend.modeling.sam import Sam
from sam_backend.modeling.sam2 import Sam2

AnySam = Sam | HqSam | Sam2
"""Encodes pictures and answers clicks; EdgeTAM and SAM 3's tracker are a `Sam2` with another backbone."""

"""Objects followed through a video by what SAM 2, EdgeTAM or SAM 3 remembers of earlier frames. Needs torch."""

from __future__ import annotations

from sam_backend.tracking.bank import Bank, Remembered
from sam_backend.tracking.tracker import Found, Tracker, load_tracker
from sam_backend.video import Prompt

__all__ = ["Bank", "Found", "Prompt", "Remembered", "Tracker", "load_tracker"]

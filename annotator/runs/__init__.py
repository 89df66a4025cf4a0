"""Machine work: one row per run is the truth, the queue only carries its id."""

from __future__ import annotations

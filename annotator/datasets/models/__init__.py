"""Snapshots, the files made from them, what is known of the images, and comparisons."""

from __future__ import annotations

from annotator.datasets.models.about import Fingerprint, Origin, Placed
from annotator.datasets.models.archive import Archive
from annotator.datasets.models.comparison import Comparison, Difference
from annotator.datasets.models.figures import Figures, Shape
from annotator.datasets.models.snapshot import Snapshot

__all__ = ["Archive", "Comparison", "Difference", "Figures", "Fingerprint", "Origin", "Placed", "Shape", "Snapshot"]

"""Section 7.2, appendix D.2: edges from masks, against those that people drew, as BSDS judges them."""

from __future__ import annotations

from sam_backend.evaluation.paper.edges.maps import PARAMS
from sam_backend.evaluation.paper.edges.measured import measure_edges

__all__ = ["PARAMS", "measure_edges"]

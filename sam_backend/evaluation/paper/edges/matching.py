"""Edge pixels matched one to one with people's: as many as can be, and of such ways the one with the least distance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.spatial import cKDTree

Edges = npt.NDArray[np.bool_]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

TOLERANCE = 0.0075
"""Two pixels farther apart than this share of the image's diagonal do not match (BSDS: Martin et al. 2004)."""
ALONE = 100.0
"""What a pixel without partner costs, in tolerances, as in BSDS: far more than any distance."""


def match(edges: Edges, truth: Edges) -> Flags:
    """Which pixels of `edges` (in reading order) have a partner in `truth`, both [h, w].

    BSDS's benchmark solves the same assignment with CSA, a scaling solver on distances cut to whole numbers, and ties
    pixels without partner to a few at random. Here it is solved exactly (SciPy's sparse shortest augmenting paths), and
    a pixel of the side with fewer stays alone for BSDS's price, one of the other for nothing: no pair is missed by
    rounding or chance, so counts may be a little higher than the benchmark's.
    """
    here, there = np.argwhere(edges), np.argwhere(truth)
    flags = np.zeros(len(here), bool)
    if not len(here) or not len(there):
        return flags
    reach = TOLERANCE * float(np.hypot(*edges.shape))
    near = cKDTree(here).sparse_distance_matrix(cKDTree(there), reach, output_type="coo_matrix")
    # The pairs are the same whichever side looks for partners; of the smaller one fewer look in vain, which is slow.
    if len(here) <= len(there):
        matched, _ = _pairs(near.row, near.col, near.data, reach)
    else:
        _, matched = _pairs(near.col, near.row, near.data, reach)
    flags[matched] = True
    return flags


def _pairs(
    rows: Indices, columns: Indices, distances: npt.NDArray[np.float64], reach: float
) -> tuple[Indices, Indices]:
    """Row and column of each pair of the cheapest assignment; a row without one costs `ALONE` tolerances."""
    some, row = np.unique(rows, return_inverse=True)
    others, column = np.unique(columns, return_inverse=True)
    count = len(some)
    if not count:
        return some, others
    alone = np.arange(count)
    # An added constant changes no choice, as each row has exactly one partner; a weight of 0 would be no edge at all.
    costs = np.concatenate([distances + 1, np.full(count, ALONE * reach + 1)])
    places = np.concatenate([row, alone]), np.concatenate([column, len(others) + alone])
    graph = sparse.csr_matrix((costs, places), shape=(count, len(others) + count))
    chosen, taken = min_weight_full_bipartite_matching(graph)
    paired = taken < len(others)
    return some[chosen[paired]], others[taken[paired]]

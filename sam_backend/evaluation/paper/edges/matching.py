"""Edge pixels matched one to one with people's: as many as can be, and of such ways the one with the least distance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.spatial import cKDTree

Edges = npt.NDArray[np.bool_]
Flags = npt.NDArray[np.bool_]

TOLERANCE = 0.0075
"""Two pixels farther apart than this share of the image's diagonal do not match (BSDS: Martin et al. 2004)."""
ALONE = 100.0
"""What a pixel without partner costs, in tolerances, as in BSDS: far more than any distance."""


def match(edges: Edges, truth: Edges) -> Flags:
    """Which pixels of `edges` (in reading order) have a partner in `truth`, both [h, w].

    BSDS's benchmark solves the same assignment with CSA, a scaling solver on distances cut to whole numbers, and ties
    pixels without partner to a few at random. Here it is solved exactly (SciPy's sparse shortest augmenting paths) and
    each pixel may stay alone for the same price, so the number of pairs is never smaller than there.
    """
    here, there = np.argwhere(edges), np.argwhere(truth)
    flags = np.zeros(len(here), bool)
    if not len(here) or not len(there):
        return flags
    reach = TOLERANCE * float(np.hypot(*edges.shape))
    near = cKDTree(here).sparse_distance_matrix(cKDTree(there), reach, output_type="coo_matrix")
    some, partners = np.unique(near.row, return_inverse=True)
    if not len(some):
        return flags
    count = len(some)
    rows, columns = (
        np.concatenate([partners, np.arange(count)]),
        np.concatenate([near.col, len(there) + np.arange(count)]),
    )
    # An added constant changes no choice, as each row has exactly one partner; a weight of 0 would be no edge at all.
    costs = np.concatenate([near.data + 1, np.full(count, ALONE * reach + 1)])
    graph = sparse.csr_matrix((costs, (rows, columns)), shape=(count, len(there) + count))
    chosen, taken = min_weight_full_bipartite_matching(graph)
    flags[some[chosen]] = taken < len(there)
    return flags

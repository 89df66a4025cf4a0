"""How strong an edge is at each pixel, by a model's masks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sam_backend.amg import AutomaticMasks, Candidate, filter_candidates
from sam_backend.amg.params import Params
from sam_backend.evaluation.paper.edges.thin import Map, on_crests, to_unit
from sam_backend.postprocess import Box, upsample_rows

PARAMS = Params(points_per_side=16, predicted_iou=-1, stability=0, full_size=0)
"""The paper's: a grid of 16 x 16 points, three masks each (768), none filtered out, duplicates suppressed."""
SQUARE = np.ones((3, 3), bool)


def edges_of_masks(generator: AutomaticMasks, pixels: npt.NDArray[np.uint8]) -> Map:
    """Edge strength 0..1, float32 [h, w], thinned, of an RGB image: Sobel on the masks' probabilities where a mask's
    outer boundary runs, the strongest of all masks, scaled to 1, edge NMS."""
    height, width = pixels.shape[:2]
    found = generator.candidates(pixels)
    strength = np.zeros((height, width), np.float32)
    for candidate in filter_candidates(found, generator.params, height, width):
        (x0, y0, x1, y1), edge = edge_of(candidate, generator.backend.threshold)
        part = strength[y0:y1, x0:x1]
        np.maximum(part, edge, out=part)
    return to_unit(on_crests(to_unit(strength)))


def edge_of(candidate: Candidate, threshold: float) -> tuple[Box, Map]:
    """Where a mask's edge is (x0, y0, x1, y1), and its strength there: the probability's change by Sobel's filter, at
    pixels next to the mask; 0 elsewhere."""
    window, frame = candidate.final(), candidate.frame
    reach = int(np.ceil(3 * max(frame.width, frame.height) / window.side)) + 2
    low, high = np.floor(candidate.box[:2]).astype(int) - reach, np.ceil(candidate.box[2:]).astype(int) + reach
    box = (max(0, int(low[0])), max(0, int(low[1])), min(frame.width, int(high[0])), min(frame.height, int(high[1])))
    logits = np.concatenate([rows for _, rows in upsample_rows(window.full(), frame, box)])
    chance = 1 / (1 + np.exp(-np.clip(logits - threshold, -30, 30)))
    change = np.hypot(ndimage.sobel(chance, 0, mode="nearest"), ndimage.sobel(chance, 1, mode="nearest"))
    mask = logits > threshold
    outside = ndimage.binary_dilation(mask, SQUARE) & ~mask
    return box, np.where(outside, change, 0).astype(np.float32)

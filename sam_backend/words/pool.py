"""RoIAlign, with which SAM 3 reads an example box: the features within a box, averaged over a grid of cells.

`transformers` takes it from torchvision, which nothing else here needs and whose builds have to fit torch's exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def roi_align(features: Tensor, boxes: Sequence[Tensor], output_size: int) -> Tensor:
    """Features [B, C, H, W] in the boxes of each picture, [N, 4] (x0, y0, x1, y1) in cells: [sum N, C, S, S].

    As in Mask R-CNN (He et al. 2017, section 3) with torchvision's defaults: coordinates are not shifted by half a
    cell, a box is at least one cell wide, and each of the S x S bins averages ceil(side / S) samples along each axis.
    """
    made = [_one(features[picture], box, output_size) for picture, these in enumerate(boxes) for box in these]
    return torch.stack(made) if made else features.new_zeros(0, features.shape[1], output_size, output_size)


def _one(features: Tensor, box: Tensor, size: int) -> Tensor:
    x0, y0, x1, y1 = (float(side) for side in box)
    rows = _weights(y0, y1, features.shape[1], size).to(features)
    columns = _weights(x0, x1, features.shape[2], size).to(features)
    return torch.einsum("chw,sh,tw->cst", features, rows, columns)


def _weights(start: float, stop: float, cells: int, size: int) -> Tensor:
    """How much each of `cells` counts for each bin along one axis: float32 [size, cells]. Bilinear weights are products
    of those of the axes, and the mean over a grid is the mean of means, so the axes are apart."""
    length = max(stop - start, 1.0)
    samples = max(-int(-length // size), 1)
    position = start + (torch.arange(size * samples, dtype=torch.float64) + 0.5) * length / (size * samples)
    within = (position >= -1) & (position <= cells)
    position = position.clamp(0, cells - 1)
    low = position.floor().long()
    share = position - low
    weights = torch.zeros(size * samples, cells, dtype=torch.float64)
    weights.scatter_add_(1, low[:, None], (1 - share)[:, None])
    weights.scatter_add_(1, (low + 1).clamp(max=cells - 1)[:, None], share[:, None])
    return (weights * within[:, None]).reshape(size, samples, cells).mean(1).float()

"""A mask prompt as columns of the image tokens."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@torch.jit.script
def _columns(flag: Tensor, mask: Tensor, first: list[Tensor], second: list[Tensor], eps: float, pixels: int) -> Tensor:
    """Scripted, so that the export keeps the branch: no mask prompt, no mask convolutions and a single column."""
    if bool((flag > 0.5).any()):
        x = F.conv2d(mask, first[0], first[1], stride=2).permute(0, 2, 3, 1)
        x = F.gelu(F.layer_norm(x, [first[2].size(0)], first[2], first[3], eps)).permute(0, 3, 1, 2)
        x = F.conv2d(x, second[0], second[1], stride=2).permute(0, 2, 3, 1)
        x = F.gelu(F.layer_norm(x, [second[2].size(0)], second[2], second[3], eps)).permute(0, 3, 1, 2)
        rows = x.flatten(2)[0]
        columns = torch.cat([torch.ones_like(rows[:1]), rows])
    else:
        columns = torch.zeros([1, pixels], dtype=mask.dtype, device=mask.device)
    return columns


def mask_columns(has_mask: Tensor, mask: Tensor, downscaling: nn.Sequential, eps: float, pixels: int) -> Tensor:
    """[17, M]: a row of ones and the mask encoder's channels before its last layer; [1, M] zeros without a mask.

    Args:
        has_mask: [1], 1 where the mask counts.
        mask: [1, 1, 4G, 4G] logits.
        downscaling: the prompt encoder's mask encoder: twice convolution, norm and GELU, then a 1×1 convolution.
        eps: of its norms.
        pixels: M.
    """
    stages = [_parameters(downscaling[i]) + _parameters(downscaling[i + 1]) for i in (0, 3)]
    columns: Tensor = _columns(has_mask, mask, stages[0], stages[1], eps, pixels)
    return columns


def _parameters(module: nn.Module) -> list[Tensor]:
    """Weight and bias."""
    return list(module.parameters())

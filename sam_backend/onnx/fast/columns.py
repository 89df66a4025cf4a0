"""A mask prompt as columns of the image tokens."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling.common import LayerNorm2d


@torch.jit.script
def _columns(flag: Tensor, mask: Tensor, first: list[Tensor], second: list[Tensor], pixels: int) -> Tensor:
    """Scripted, so that the export keeps the branch: no mask prompt, no mask convolutions and a single column."""
    if bool((flag > 0.5).any()):
        x = F.conv2d(mask, first[0], first[1], stride=2).permute(0, 2, 3, 1)
        x = F.gelu(F.layer_norm(x, [first[2].size(0)], first[2], first[3], 1e-6)).permute(0, 3, 1, 2)
        x = F.conv2d(x, second[0], second[1], stride=2).permute(0, 2, 3, 1)
        x = F.gelu(F.layer_norm(x, [second[2].size(0)], second[2], second[3], 1e-6)).permute(0, 3, 1, 2)
        rows = x.flatten(2)[0]
        columns = torch.cat([torch.ones_like(rows[:1]), rows])
    else:
        columns = torch.zeros([1, pixels], dtype=mask.dtype, device=mask.device)
    return columns


def mask_columns(has_mask: Tensor, mask: Tensor, downscaling: nn.Sequential, pixels: int) -> Tensor:
    """[17, M]: a row of ones and the mask encoder's channels before its last layer; [1, M] zeros without a mask.

    Args:
        has_mask: [1], 1 where the mask counts.
        mask: [1, 1, 4G, 4G] logits.
        downscaling: the prompt encoder's mask encoder.
        pixels: M.
    """
    convolutions, norms = [downscaling[0], downscaling[3]], [downscaling[1], downscaling[4]]
    if any(isinstance(norm, LayerNorm2d) and norm.eps != 1e-6 for norm in norms):
        raise ValueError("The mask encoder's norms are not SAM's.")
    parameters = [
        [module.get_parameter(name) for module in pair for name in ("weight", "bias")]
        for pair in zip(convolutions, norms, strict=True)
    ]
    columns: Tensor = _columns(has_mask, mask, parameters[0], parameters[1], pixels)
    return columns

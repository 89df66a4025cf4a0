"""Upscaling the image tokens: two transposed convolutions as matrix products, pixels first."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling.common import LayerNorm2d
from sam_backend.modeling.mask_decoder import MaskDecoder
from sam_backend.onnx.fast.constants import Constants
from sam_backend.onnx.fast.linear import Columns


class FastUpscaling(nn.Module):
    """Columns and the prepared map of Z to features, nested by sub-pixel.

    A 2×2 transposed convolution with stride 2 writes four pixels per pixel and never overlaps, so it is a matrix
    product whose output is only re-ordered, and that can wait until the masks' few channels are left.
    """

    def __init__(self, decoder: MaskDecoder, c: Constants) -> None:
        super().__init__()
        _, norm, _, second, _ = decoder.output_upscaling
        if not isinstance(second, nn.ConvTranspose2d) or not isinstance(norm, LayerNorm2d):
            raise ValueError("The decoder's upscaling is not SAM's.")
        self.norm, self.channels = norm, second.in_channels
        weight = second.weight.detach().permute(0, 2, 3, 1)  # [in, 2, 2, out]
        self.register_buffer("second", weight.flatten(1).contiguous())
        self.register_buffer("second_add", second.get_parameter("bias").detach().repeat(4))
        self.register_buffer("add", c.up.float()[None])

    def forward(self, base: Tensor, columns: Columns, r1: Tensor, r2: Tensor) -> Tensor:
        """Features [16·M, C / 8] in the order pixel, sub-pixel, sub-sub-pixel.

        Args:
            base: [M, C] the first convolution of Z.
            columns: over Z; the last C channels of their images are the first convolution's.
            r1: [1, M] scale of the first norm.
            r2: [1, M] of the second.
        """
        weights = torch.cat([columns.weights * r2, torch.ones_like(r2)])
        images = torch.cat([columns.images[:, -base.shape[1] :], self.get_buffer("add")])
        x = base * (r1 * r2).reshape(-1, 1) + weights.T @ images
        x = x.reshape(-1, self.channels)
        x = F.gelu(F.layer_norm(x, (self.channels,), self.norm.weight, self.norm.bias, self.norm.eps))
        x = F.gelu(x @ self.get_buffer("second") + self.get_buffer("second_add"))
        return x.reshape(16 * base.shape[0], -1)


def unnest(masks: Tensor, grid: int) -> Tensor:
    """[masks, 16·M] in the order pixel, sub-pixel, sub-sub-pixel to [masks, 4G, 4G]."""
    nested = masks.reshape(-1, grid, grid, 2, 2, 2, 2).permute(0, 1, 3, 5, 2, 4, 6)
    return nested.reshape(-1, 4 * grid, 4 * grid)

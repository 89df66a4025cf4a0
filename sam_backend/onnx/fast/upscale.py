"""Upscaling the image tokens: two transposed convolutions as matrix products, pixels first."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling.common import LayerNorm2d
from sam_backend.modeling.mask_decoder import MaskDecoder
from sam_backend.onnx.fast.constants import Constants
from sam_backend.onnx.fast.linear import Columns

NOT_SHOWN = -32.0
"""Logit of what lies beyond the image, where that was not asked for."""


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
        self.norm, self.channels, self.features = norm, second.in_channels, second.out_channels
        weight = second.weight.detach().permute(0, 2, 3, 1)  # [in, 2, 2, out]
        self.register_buffer("second", weight.flatten(1).contiguous())
        self.register_buffer("second_add", second.get_parameter("bias").detach().repeat(4))
        self.register_buffer("add", c.up.float()[None])

    def forward(self, base: Tensor, columns: Columns, r1: Tensor, r2: Tensor) -> Tensor:
        """Features [16·rows·columns, C / 8] in the order pixel, sub-pixel, sub-sub-pixel.

        Args:
            base: [rows, columns, C] the first convolution of Z, of all G × G cells or of those that are shown.
            columns: over Z; the last C channels of their images are the first convolution's.
            r1: [1, M] scale of the first norm.
            r2: [1, M] of the second.
        """
        x = first_upscaling(base, columns, self.get_buffer("add"), r1, r2)
        x = F.gelu(self._norm(x.reshape(-1, self.channels)))
        x = F.gelu(x @ self.get_buffer("second") + self.get_buffer("second_add"))
        return x.reshape(-1, self.features)

    def _norm(self, x: Tensor) -> Tensor:
        """Layer norm of what is centred already. Spelt out, it takes onnxruntime-web a third of the operator's time."""
        scale = torch.rsqrt((x * x).mean(1, keepdim=True) + self.norm.eps)
        return x * scale * self.norm.weight + self.norm.bias


def first_upscaling(base: Tensor, columns: Columns, add: Tensor, r1: Tensor, r2: Tensor) -> Tensor:
    """The first upscaling [rows·columns, 4·K] of the tokens: `base` [rows, columns, 4·K] and a constant [1, 4·K]."""
    weights, r1, r2 = (window(x, base) for x in (columns.weights, r1, r2))
    width = base.shape[2]
    images = torch.cat([columns.images[:, -width:], add])
    return (
        base.reshape(-1, width) * (r1 * r2).reshape(-1, 1) + torch.cat([weights * r2, torch.ones_like(r2)]).T @ images
    )


def window(x: Tensor, base: Tensor) -> Tensor:
    """[n, M] over the square grid to [n, rows·columns] over its first cells down and across, as many as `base` has."""
    grid = math.isqrt(int(x.shape[1]))
    return x.reshape(-1, grid, grid)[:, : base.shape[0], : base.shape[1]].flatten(1)


def unnest(masks: Tensor, base: Tensor) -> Tensor:
    """[masks, 16·rows·columns] in the order pixel, sub-pixel, sub-sub-pixel to [masks, 4·rows, 4·columns]."""
    rows, columns = base.shape[0], base.shape[1]
    nested = masks.reshape(-1, rows, columns, 2, 2, 2, 2).permute(0, 1, 3, 5, 2, 4, 6)
    return nested.reshape(-1, 4 * rows, 4 * columns)


def whole(masks: Tensor, grid: int) -> Tensor:
    """[masks, ≤ 4G, ≤ 4G] to [1, masks, 4G, 4G], with `NOT_SHOWN` where nothing was computed."""
    rows, columns = masks.shape[1], masks.shape[2]
    return F.pad(masks, (0, 4 * grid - columns, 0, 4 * grid - rows), value=NOT_SHOWN)[None]

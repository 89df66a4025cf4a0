"""Image encoder on ImageNet features: Lite2's body, a plain branch for what is small, fusion as in `encoder.py`."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling.compact.encoder import double, mix
from sam_backend.modeling.compact.layers import TransformerBlock, close
from sam_backend.modeling.compact.lite import LITE_MEAN, LITE_STD, LITE_WIDTHS, LiteBody

DETAIL = (32, 64)
"""Channels of the plain branch at stride 2 and 4."""

EXPANDED = 6 * LITE_WIDTHS[0]
"""The body's widest map: what its first expansion makes of the features at stride 2."""


class DetailBranch(nn.Module):
    """Colour and lines at stride 2 and 4, which a classifier's features have no use for; small masks live by them."""

    def __init__(self) -> None:
        super().__init__()
        fine, coarse = DETAIL
        self.stem = nn.Conv2d(3, fine, 3, 2, 1)
        self.down = nn.Conv2d(fine, coarse, 3, 2, 1)
        self.first = nn.Conv2d(coarse, coarse, 3, 1, 1)
        self.second = nn.Conv2d(coarse, coarse, 3, 1, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x2 = F.relu(self.stem(x))
        x4 = F.relu(self.down(x2))
        return x2, F.relu(x4 + self.second(F.relu(self.first(x4))))


class LiteEncoder(nn.Module):
    """RGB image [B, 3, S, S] (float, 0..255) to an embedding at S/8 and features at S/4 and S/2.

    Nothing in it depends on the batch. What reads the plain branch starts at zero, as do the transformer's outputs:
    a new encoder is the pretrained body with a linear reading of it.
    """

    pixel_mean: Tensor
    pixel_std: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        w2, w4, w8, w16, w32 = LITE_WIDTHS
        self.widest = 2 * EXPANDED  # see `CompactEncoder.widest`
        self.body, self.detail = LiteBody(), DetailBranch()
        transformer = [TransformerBlock(w32) for _ in range(2)]
        self.transformer = nn.ModuleList(transformer)
        self.lateral8, self.lateral16, self.lateral32 = (nn.Conv2d(w, dim, 1) for w in (w8, w16, w32))
        self.fuse16, self.fuse8 = (nn.Conv2d(dim, dim, 3, 1, 1) for _ in range(2))
        self.neck = nn.Conv2d(dim, dim, 1)
        self.skip4, self.skip2 = nn.Conv2d(w4, 32, 1), nn.Conv2d(w2, 16, 1)
        self.top_down4 = nn.Conv2d(dim, 32, 1)
        self.detail8 = nn.Conv2d(DETAIL[1], dim, 3, 2, 1)
        self.detail4, self.detail2 = nn.Conv2d(DETAIL[1], 32, 1), nn.Conv2d(DETAIL[0], 16, 1)
        self.register_buffer("pixel_mean", torch.full((1, 3, 1, 1), LITE_MEAN))
        self.register_buffer("pixel_std", torch.full((1, 3, 1, 1), LITE_STD))
        for layer in (self.detail8, self.detail4, self.detail2):
            close(layer)
        for block in transformer:
            block.close()

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns embedding [B, dim, S/8, S/8], high_res_4 [B, 32, S/4, S/4], high_res_2 [B, 16, S/2, S/2]."""
        return self.features((image - self.pixel_mean) / self.pixel_std)

    def features(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The same of normalised pixels."""
        x2, x4, x8, x16, x32 = self.body(x)
        fine2, fine4 = self.detail(x)
        p16 = F.relu(self.fuse16(self.lateral16(x16) + double(self.lateral32(mix(self.transformer, x32)))))
        p8 = F.relu(self.fuse8(self.lateral8(x8) + self.detail8(fine4) + double(p16)))
        high4 = self.skip4(x4) + self.detail4(fine4) + double(self.top_down4(p8))
        return self.neck(p8), high4, self.skip2(x2) + self.detail2(fine2)

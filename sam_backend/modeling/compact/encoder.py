"""Image encoder: residual convolutions to stride 32, two transformer blocks there, top-down fusion to stride 8."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.modeling.compact.layers import ConvNorm, ResidualBlock, TransformerBlock

# ImageNet channel statistics on the 0..255 scale, rounded as the weights were trained with.
PIXEL_MEAN = (123.7, 116.3, 103.5)
PIXEL_STD = (58.4, 57.1, 57.4)


def double(x: Tensor) -> Tensor:
    """Nearest-neighbour upsampling by two."""
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


def guide_of(image: Tensor) -> Tensor:
    """The image [B, 3, S/2, S/2], RGB 0 to 1, at the size of the logits (see sam_backend/edges.py)."""
    return F.avg_pool2d(image / 255, 2)


def blocks(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*[ResidualBlock(channels) for _ in range(count)])


def mix(blocks: nn.ModuleList, x: Tensor) -> Tensor:
    """Features [B, C, H, W] after transformer blocks over their cells."""
    batch, channels, height, width = x.shape
    tokens = x.flatten(2).transpose(1, 2)
    for block in blocks:
        tokens = block(tokens)
    return tokens.transpose(1, 2).reshape(batch, channels, height, width)


class CompactEncoder(nn.Module):
    """RGB image [B, 3, S, S] (float, 0..255) to an embedding at S/8 and features at S/4 and S/2."""

    pixel_mean: Tensor
    pixel_std: Tensor

    def __init__(self, widths: Sequence[int], depths: Sequence[int], dim: int) -> None:
        super().__init__()
        w2, w4, w8, w16, w32 = widths
        self.widest = w2 + w4
        """Channels at stride 2 that are held at once where most memory is used."""
        self.stem = ConvNorm(3, w2, stride=2)
        self.down4, self.stage4 = ConvNorm(w2, w4, stride=2), blocks(w4, depths[0])
        self.down8, self.stage8 = ConvNorm(w4, w8, stride=2), blocks(w8, depths[1])
        self.down16, self.stage16 = ConvNorm(w8, w16, stride=2), blocks(w16, depths[2])
        self.down32, self.stage32 = ConvNorm(w16, w32, stride=2), blocks(w32, depths[3])
        self.transformer = nn.ModuleList([TransformerBlock(w32) for _ in range(2)])
        self.lateral8, self.lateral16, self.lateral32 = (nn.Conv2d(w, dim, 1) for w in (w8, w16, w32))
        self.fuse16, self.fuse8 = ConvNorm(dim, dim), ConvNorm(dim, dim)
        self.neck = nn.Conv2d(dim, dim, 1)
        self.skip4, self.skip2 = nn.Conv2d(w4, 32, 1), nn.Conv2d(w2, 16, 1)
        self.top_down4 = nn.Conv2d(dim, 32, 1)
        self.register_buffer("pixel_mean", torch.tensor(PIXEL_MEAN).view(1, 3, 1, 1))
        self.register_buffer("pixel_std", torch.tensor(PIXEL_STD).view(1, 3, 1, 1))

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Returns embedding [B, dim, S/8, S/8], high_res_4 [B, 32, S/4, S/4], high_res_2 [B, 16, S/2, S/2]."""
        return self.features((image - self.pixel_mean) / self.pixel_std)

    def features(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The same of normalised pixels."""
        x2 = self.stem(x)
        x4 = self.stage4(self.down4(x2))
        x8 = self.stage8(self.down8(x4))
        x16 = self.stage16(self.down16(x8))
        x32 = mix(self.transformer, self.stage32(self.down32(x16)))
        p16 = self.fuse16(self.lateral16(x16) + double(self.lateral32(x32)))
        p8 = self.fuse8(self.lateral8(x8) + double(p16))
        return self.neck(p8), self.skip4(x4) + double(self.top_down4(p8)), self.skip2(x2)

"""A frame and the mask found in it, to what is remembered of both (SAM 2 paper, section 4, "Memory encoder")."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import MemoryConfig
from sam_backend.modeling.common import LayerNorm2d

HALVINGS = 4
"""A mask of the input's size to the embedding's."""
KERNEL = 7
BORN = 1e-6


class MaskDownsampler(nn.Module):
    """Mask [B, 1, S, S] to [B, width, S/16, S/16], four times as many channels with every halving."""

    def __init__(self, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for step in range(HALVINGS):
            channels = 4**step
            layers += [nn.Conv2d(channels, 4 * channels, 3, 2, 1), LayerNorm2d(4 * channels), nn.GELU()]
        self.encoder = nn.Sequential(*layers, nn.Conv2d(4**HALVINGS, width, 1))

    def forward(self, mask: Tensor) -> Tensor:
        y: Tensor = self.encoder(mask)
        return y


class FuserBlock(nn.Module):
    """ConvNeXt's block: a wide convolution within each channel, then two layers within each cell."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv2d(width, width, KERNEL, padding=KERNEL // 2, groups=width)
        self.norm = LayerNorm2d(width)
        self.pwconv1 = nn.Linear(width, 4 * width)
        self.pwconv2 = nn.Linear(4 * width, width)
        self.gamma = nn.Parameter(BORN * torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.norm(self.dwconv(x)).permute(0, 2, 3, 1)
        y = self.gamma * self.pwconv2(F.gelu(self.pwconv1(y)))
        return x + y.permute(0, 3, 1, 2)


class Fuser(nn.Module):
    """Blocks one after the other; a module of its own for the checkpoints' names."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(FuserBlock(width) for _ in range(depth))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class MemoryEncoder(nn.Module):
    """Features [B, width, G, G] and mask [B, 1, S, S] to a memory [B, memory width, G, G].

    The mask is brought to 16·G pixels a side first, which SAM 3's input square has not, as in the authors' code: after
    it was made of logits, where transformers 5.23 scales those.
    """

    def __init__(self, config: MemoryConfig, width: int) -> None:
        super().__init__()
        self.mask_downsampler = MaskDownsampler(width)
        self.pix_feat_proj = nn.Conv2d(width, width, 1)
        self.fuser = Fuser(width, config.fuser_depth)
        self.out_proj = nn.Conv2d(width, config.width, 1)

    def forward(self, frame: Tensor, mask: Tensor) -> Tensor:
        side = frame.shape[-1] << HALVINGS
        if mask.shape[-1] != side:
            mask = F.interpolate(mask, (side, side), mode="bilinear", align_corners=False, antialias=True)
        y: Tensor = self.out_proj(self.fuser(self.pix_feat_proj(frame) + self.mask_downsampler(mask)))
        return y

"""SAM 2's neck: a feature pyramid over the stages of Hiera, or of EdgeTAM's RepViT."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import HieraConfig, RepVitConfig
from sam_backend.modeling.sam2.hiera import Hiera
from sam_backend.modeling.sam2.repvit import RepVit

TOP_DOWN = (2, 3)
"""Stages that what the next coarser one saw is added to (the coarsest has none); the finer two stand alone."""


class Lateral(nn.Module):
    """1×1 convolution of one stage; a module of its own for the checkpoints' names."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return y


class Pyramid(nn.Module):
    """Maps of four stages [B, C, H, W], finest first, to as many of [B, width, H, W]."""

    def __init__(self, config: HieraConfig | RepVitConfig, width: int) -> None:
        super().__init__()
        # The checkpoints begin with the coarsest stage.
        self.convs = nn.ModuleList(Lateral(config.width << stage, width) for stage in (3, 2, 1, 0))

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        laterals = zip(reversed(list(self.convs)), maps, strict=True)
        found: list[Tensor] = [conv(x) for conv, x in laterals]
        for stage in range(len(found) - 2, -1, -1):
            if stage in TOP_DOWN:
                found[stage] = found[stage] + F.interpolate(found[stage + 1], scale_factor=2.0, mode="nearest")
        return found


class ImageEncoder(nn.Module):
    """Normalised pixels [B, 3, S, S] to maps [B, width, ..] of S/4, S/8 and S/16 cells a side."""

    def __init__(self, config: HieraConfig | RepVitConfig, width: int) -> None:
        super().__init__()
        self.trunk = Hiera(config) if isinstance(config, HieraConfig) else RepVit(config)
        self.neck = Pyramid(config, width)

    def forward(self, x: Tensor) -> list[Tensor]:
        maps: list[Tensor] = self.neck(self.trunk(x))
        return maps[:3]  # the coarsest has been added to the one before it

"""EdgeTAM's image encoder: RepViT (Wang et al. 2023), convolutions laid out like a ViT's blocks, first a mixer of the
cells, then one of the channels. Names are timm's, as the checkpoints have them."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import RepVitConfig
from sam_backend.modeling.common import ConvNorm

SQUEEZE = 4
"""How much narrower a gate is within than the channels it weighs."""
MULTIPLE = 8
"""Widths of gates are rounded to whole multiples of this."""


class TokenMixer(nn.Module):
    """Each channel by itself: a 3×3 and a 1×1 convolution and the map as it was, added up (section 3.2, "structural
    re-parameterization")."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = ConvNorm(width, width, 3, groups=width)
        self.conv1 = ConvNorm(width, width, groups=width)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x) + self.conv1(x) + x
        return y


class Gate(nn.Module):
    """Squeeze and excitation: every channel weighed, from 0 to 1, by what all channels are in the mean."""

    def __init__(self, width: int) -> None:
        super().__init__()
        within = max(MULTIPLE, (width // SQUEEZE + MULTIPLE // 2) // MULTIPLE * MULTIPLE)
        self.fc1 = nn.Conv2d(width, within, 1)
        self.fc2 = nn.Conv2d(within, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x * self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))).sigmoid()
        return y


class ChannelMixer(nn.Module):
    """Two layers within each cell, with what came in added."""

    def __init__(self, width: int, ratio: int) -> None:
        super().__init__()
        self.conv1 = ConvNorm(width, width * ratio)
        self.conv2 = ConvNorm(width * ratio, width)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = x + self.conv2(F.gelu(self.conv1(x)))
        return y


class Block(nn.Module):
    """Mixes cells, weighs channels where `gated`, mixes channels."""

    def __init__(self, width: int, ratio: int, gated: bool) -> None:
        super().__init__()
        self.token_mixer = TokenMixer(width)
        self.se = Gate(width) if gated else nn.Identity()
        self.channel_mixer = ChannelMixer(width, ratio)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.channel_mixer(self.se(self.token_mixer(x)))
        return y


class Downsample(nn.Module):
    """Half as fine and `out` wide: a block before, a mixer of channels after."""

    def __init__(self, width: int, out: int, ratio: int) -> None:
        super().__init__()
        self.pre_block = Block(width, ratio, gated=False)
        self.spatial_downsample = ConvNorm(width, width, 3, 2, groups=width)
        self.channel_downsample = ConvNorm(width, out)
        self.ffn = ChannelMixer(out, ratio)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.ffn(self.channel_downsample(self.spatial_downsample(self.pre_block(x))))
        return y


class Stage(nn.Module):
    """Blocks of one resolution; every other one has a gate, beginning with the first."""

    def __init__(self, config: RepVitConfig, stage: int) -> None:
        super().__init__()
        width, ratio = config.width << stage, config.mlp_ratio
        self.downsample = Downsample(width // 2, width, ratio) if stage else nn.Identity()
        self.blocks = nn.Sequential(*(Block(width, ratio, gated=i % 2 == 0) for i in range(config.depths[stage])))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.blocks(self.downsample(x))
        return y


class Stem(nn.Module):
    """Pixels to stride 4 in two strided convolutions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = ConvNorm(3, width // 2, 3, 2)
        self.conv2 = ConvNorm(width // 2, width, 3, 2)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv2(F.gelu(self.conv1(x)))
        return y


class RepVit(nn.Module):
    """Normalised pixels [B, 3, S, S] to the map of each stage, [B, C, S/4, S/4] to [B, 8C, S/32, S/32]."""

    def __init__(self, config: RepVitConfig) -> None:
        super().__init__()
        stages = {f"stages_{stage}": Stage(config, stage) for stage in range(len(config.depths))}
        self.body = nn.ModuleDict({"stem": Stem(config.width), **stages})

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = []
        for part in self.body.values():
            x = part(x)
            maps.append(x)
        return maps[1:]  # the stem's is the first stage's beginning

"""The neck that SAM 3's tracker reads: a simple feature pyramid (Li et al. 2022), every map made of the last tokens."""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn

from sam_backend.config import RopeVitConfig
from sam_backend.modeling.sam3.vit import RopeVit

UNUSED = "image_encoder.sam2_convs.3."
"""Beginning of the names of a fourth map, half as fine as the tokens, which the files hold and nobody reads."""


def _scaled(scale: int, channels: int, width: int) -> nn.Sequential:
    """Tokens [B, C, G, G] to a map [B, width, scale · G, scale · G]."""
    steps: OrderedDict[str, nn.Module] = OrderedDict()
    halvings = {4: ("dconv_2x2_0", "dconv_2x2_1"), 2: ("dconv_2x2",), 1: ()}[scale]
    for index, name in enumerate(halvings):
        if index:
            steps["gelu"] = nn.GELU()
        steps[name] = nn.ConvTranspose2d(channels, channels // 2, 2, stride=2)
        channels //= 2
    steps["conv_1x1"] = nn.Conv2d(channels, width, 1)
    steps["conv_3x3"] = nn.Conv2d(width, width, 3, padding=1)
    return nn.Sequential(steps)


class ImageEncoder(nn.Module):
    """Normalised pixels [B, 3, S, S] to maps [B, width, ..] of 4·G, 2·G and G cells a side."""

    def __init__(self, config: RopeVitConfig, width: int) -> None:
        super().__init__()
        self.trunk = RopeVit(config)
        self.sam2_convs = nn.ModuleList(_scaled(scale, config.width, width) for scale in (4, 2, 1))

    def forward(self, x: Tensor) -> list[Tensor]:
        tokens = self.trunk(x)
        return [convolutions(tokens) for convolutions in self.sam2_convs]

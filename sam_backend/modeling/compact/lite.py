"""Body of EfficientNet-Lite2 (Tan and Le 2019, in the variant without squeeze-and-excitation, with ReLU6).

Batch statistics are folded into the convolutions: nothing depends on the batch, a mean of weights is a mean of models,
and a training step saves a quarter of its passes over memory.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 3),
    (6, 5, 2, 48, 3),
    (6, 3, 2, 88, 4),
    (6, 5, 1, 120, 4),
    (6, 5, 2, 208, 5),
    (6, 3, 1, 352, 1),
)
"""(expansion, kernel, stride, channels, blocks) of Lite2's seven stages."""
STEM = 32
LITE_WIDTHS = (16, 24, 48, 120, 352)
"""Channels of the features at stride 2, 4, 8, 16 and 32."""
LITE_MEAN, LITE_STD = 127.0, 128.0
"""What its ImageNet weights were trained with: (pixel - 127) / 128."""


class SameConv(nn.Conv2d):
    """Convolution padded as TensorFlow's "same" on even sides: strided ones get more at the right and the bottom."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        even = kernel // 2 if stride == 1 else 0
        super().__init__(inputs, outputs, kernel, stride, even, groups=groups)
        before = (kernel - stride) // 2
        self.border = (before, kernel - stride - before) * 2 if stride > 1 else None

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x if self.border is None else F.pad(x, self.border))


class DepthwiseConv(SameConv):
    """One filter per channel, computed in the weights' own precision.

    On processors with AMX the gradients of a depthwise convolution take 5 to 30 times as long in bf16 as in float32.
    """

    def __init__(self, channels: int, kernel: int, stride: int) -> None:
        super().__init__(channels, channels, kernel, stride, channels)

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(x.to(self.weight.dtype))


class InvertedBlock(nn.Module):
    """Widen, filter each channel, narrow; the input is added where its shape allows it."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = SameConv(inputs, wide, 1) if expansion > 1 else None
        self.depthwise = DepthwiseConv(wide, kernel, stride)
        self.project = SameConv(wide, outputs, 1)
        self.adds = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        wide = x if self.expand is None else F.relu6(self.expand(x))
        y: Tensor = self.project(F.relu6(self.depthwise(wide)))
        return x + y if self.adds else y


class LiteBody(nn.Module):
    """Normalised pixels [B, 3, S, S] to features at stride 2, 4, 8, 16 and 32 with `LITE_WIDTHS` channels."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, STEM, 3, 2)
        blocks: list[InvertedBlock] = []
        self._ends: list[int] = []
        width = STEM
        for expansion, kernel, stride, channels, count in STAGES:
            if stride == 2:
                self._ends.append(len(blocks))
            for index in range(count):
                blocks.append(InvertedBlock(width, channels, expansion, kernel, stride if index == 0 else 1))
                width = channels
        self.blocks = nn.ModuleList(blocks)

    def freeze(self, blocks: int) -> None:
        """Keeps the stem and the first blocks from being trained; nothing is then kept of them for gradients."""
        self.stem.requires_grad_(blocks == 0)
        for index, block in enumerate(self.blocks):
            block.requires_grad_(index >= blocks)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        x = F.relu6(self.stem(x))
        features = []
        for index, block in enumerate(self.blocks):
            if index in self._ends:
                features.append(x)
            x = block(x)
        return (*features, x)

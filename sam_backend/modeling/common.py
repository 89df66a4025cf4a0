"""Layers that several parts of SAM share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LayerNorm2d(nn.Module):
    """Layer norm over the channels of [B, C, H, W]."""

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        y = F.layer_norm(x.permute(0, 2, 3, 1), self.weight.shape, self.weight, self.bias, self.eps)
        return y.permute(0, 3, 1, 2)


def attend(q: Tensor, k: Tensor, v: Tensor, scale: float | None = None) -> Tensor:
    """Softmax attention over [..., N, D]; spelt out while tracing, where the fused one exports badly."""
    if not torch.onnx.is_in_onnx_export():
        return F.scaled_dot_product_attention(q, k, v, scale=scale)
    factor = int(q.shape[-1]) ** -0.5 if scale is None else scale
    return ((q * factor) @ k.transpose(-2, -1)).softmax(dim=-1) @ v


class MlpBlock(nn.Module):
    """Two linear layers with an activation between them, as after an attention."""

    def __init__(self, width: int, hidden: int, activation: type[nn.Module]) -> None:
        super().__init__()
        self.lin1 = nn.Linear(width, hidden)
        self.lin2 = nn.Linear(hidden, width)
        self.act = activation()

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.lin2(self.act(self.lin1(x)))
        return y


class Mlp(nn.Module):
    """Linear layers of the given widths with ReLU between them: the decoder's heads."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(widths))

    def forward(self, x: Tensor) -> Tensor:
        *hidden, last = self.layers
        for layer in hidden:
            x = F.relu(layer(x))
        y: Tensor = last(x)
        return y


class ConvNorm(nn.Sequential):
    """Convolution `c` without bias, then batch norm `bn`."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.add_module("c", nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False))
        self.add_module("bn", nn.BatchNorm2d(outputs))


class Neck(nn.Sequential):
    """Encoder features to embedding channels: 1×1, then 3×3 convolution, each followed by a layer norm."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__(
            nn.Conv2d(channels, width, 1, bias=False),
            LayerNorm2d(width),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            LayerNorm2d(width),
        )


def split_windows(x: Tensor, window: int) -> Tensor:
    """[B, H, W, C] to [B · windows, window, window, C], padded with zeros at the bottom and right."""
    batch, height, width, channels = (int(n) for n in x.shape)  # ints: constants to the tracer
    rows, columns = -(-height // window), -(-width // window)
    x = F.pad(x, (0, 0, 0, columns * window - width, 0, rows * window - height))
    x = x.reshape(batch, rows, window, columns, window, channels)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(batch * rows * columns, window, window, channels)


def join_windows(x: Tensor, height: int, width: int) -> Tensor:
    """Undo `split_windows`: windows back to [B, height, width, C], padding cut off."""
    window, channels, height, width = int(x.shape[1]), int(x.shape[3]), int(height), int(width)
    rows, columns = -(-height // window), -(-width // window)
    x = x.reshape(-1, rows, columns, window, window, channels).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(-1, rows * window, columns * window, channels)[:, :height, :width]

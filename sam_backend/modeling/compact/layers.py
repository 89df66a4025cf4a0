"""Small building blocks shared by the compact encoder and decoder."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvNorm(nn.Module):
    """Convolution without bias, batch normalisation, and ReLU unless ``activate`` is off."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, activate: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.activate = activate

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv(x))
        return F.relu(x) if self.activate else x


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around a skip connection; starts as the identity."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.second = ConvNorm(channels, channels, activate=False)
        nn.init.zeros_(self.second.norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(self.first(x)))


class TransformerBlock(nn.Module):
    """Pre-norm global self-attention and MLP over tokens [B, N, dim]."""

    def __init__(self, dim: int, heads: int = 8) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def close(self) -> None:
        """Makes the block the identity to begin with."""
        close(self.proj)
        close(self.mlp[2])

    def forward(self, x: Tensor) -> Tensor:
        batch, tokens, dim = x.shape
        qkv = self.qkv(self.norm1(x)).view(batch, tokens, 3, self.heads, dim // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, tokens, dim)
        x = x + self.proj(mixed)
        changed: Tensor = self.mlp(self.norm2(x))
        return x + changed


def close(layer: nn.Module) -> None:
    """Sets a linear layer or convolution to zero: what it leads to starts out as if it were not there."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


class ChannelNorm(nn.Module):
    """LayerNorm over the channels of [B, C, H, W]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        normed: Tensor = self.norm(x.permute(0, 2, 3, 1))
        return normed.permute(0, 3, 1, 2)


def mlp(*widths: int) -> nn.Sequential:
    """Linear layers of the given widths with ReLU between them."""
    layers: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def per_prompt(tokens: Tensor, prompts: int) -> Tensor:
    """Repeats [images, T, C] for each prompt of an image: [prompts, T, C], an image's prompts side by side.

    One image's tokens are left as they are: [1, T, C] goes with any number of prompts by itself, at no cost.
    """
    images, length, channels = tokens.shape
    if int(images) == 1:
        return tokens
    expanded = tokens[:, None].expand(images, prompts // images, length, channels)
    return expanded.reshape(prompts, length, channels)


def cell_centres(height: int, width: int, device: torch.device) -> Tensor:
    """Centres of a grid's cells as (x, y) in 0..1, row by row: [height * width, 2].

    Counted through instead of expanded from rows and columns: onnxruntime's WebGPU cannot load such an Expand.
    """
    height, width = int(height), int(width)  # constants to the tracer
    cells = torch.arange(height * width, device=device)
    return torch.stack([(cells % width + 0.5) / width, (cells // width + 0.5) / height], -1)

"""SAM 2's image encoder: Hiera (Ryali et al. 2023), a ViT of four stages with windowed attention and pooled queries."""

from __future__ import annotations

from itertools import accumulate

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import HieraConfig
from sam_backend.modeling.common import attend, join_windows, split_windows

STRIDE = 4
"""Input pixels per token of the first stage and side."""


class Mlp(nn.Module):
    """Two linear layers with GELU between them."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, hidden), nn.Linear(hidden, width)])

    def forward(self, x: Tensor) -> Tensor:
        first, second = self.layers
        y: Tensor = second(F.gelu(first(x)))
        return y


def pool(x: Tensor) -> Tensor:
    """The largest of every 2×2 tokens: [B, H, W, C] to [B, H/2, W/2, C]."""
    return F.max_pool2d(x.permute(0, 3, 1, 2), 2, 2).permute(0, 2, 3, 1)


class Attention(nn.Module):
    """Multi-head self-attention over a map of tokens; with `pooled` the queries are one for every 2×2 tokens."""

    def __init__(self, width: int, out: int, heads: int, pooled: bool) -> None:
        super().__init__()
        self.heads, self.pooled = heads, pooled
        self.qkv = nn.Linear(width, 3 * out)
        self.proj = nn.Linear(out, out)

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] to [B, H, W, out], or half as many rows and columns."""
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        if self.pooled:
            q = pool(q)
        y = attend(self._heads(q), self._heads(k), self._heads(v)).transpose(1, 2)
        out: Tensor = self.proj(y.reshape(int(q.shape[0]), int(q.shape[1]), int(q.shape[2]), -1))
        return out

    def _heads(self, x: Tensor) -> Tensor:
        """[B, H, W, C] to [B, heads, H·W, C / heads]."""
        return x.reshape(int(x.shape[0]), int(x.shape[1]) * int(x.shape[2]), self.heads, -1).transpose(1, 2)


class Block(nn.Module):
    """Transformer block; the first of a later stage pools and widens. `window` 0 attends over the whole map."""

    def __init__(self, width: int, out: int, heads: int, window: int, pooled: bool, mlp_ratio: int) -> None:
        super().__init__()
        self.window, self.pooled = window, pooled
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, out, heads, pooled)
        self.norm2 = nn.LayerNorm(out, eps=1e-6)
        self.mlp = Mlp(out, out * mlp_ratio)
        self.proj = nn.Linear(width, out) if width != out else None

    def forward(self, x: Tensor) -> Tensor:
        seen = self.norm1(x)
        if self.proj is not None:
            x = self.proj(seen)
        if self.pooled:
            x = pool(x)
        x = x + self._attend(seen, int(x.shape[1]), int(x.shape[2]))
        y: Tensor = x + self.mlp(self.norm2(x))
        return y

    def _attend(self, seen: Tensor, height: int, width: int) -> Tensor:
        """The attention's answer [B, height, width, out]; pooling halves the windows too."""
        if not self.window:
            y: Tensor = self.attn(seen)
            return y
        return join_windows(self.attn(split_windows(seen, self.window)), height, width)


class PatchEmbed(nn.Module):
    """Pixels to overlapping tokens, [B, 3, S, S] to [B, S/4, S/4, C]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, 7, stride=STRIDE, padding=3)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.proj(x).permute(0, 2, 3, 1)
        return y


class Hiera(nn.Module):
    """Normalised pixels [B, 3, S, S] to the last map of each stage, [B, C, S/4, S/4] to [B, 8C, S/32, S/32]."""

    def __init__(self, config: HieraConfig) -> None:
        super().__init__()
        self.patch_embed = PatchEmbed(config.width)
        self.pos_embed = nn.Parameter(torch.zeros(1, config.width, config.positions, config.positions))
        window = config.windows[0]
        self.pos_embed_window = nn.Parameter(torch.zeros(1, config.width, window, window))
        self.ends = [end - 1 for end in accumulate(config.depths)]
        self.blocks = nn.ModuleList(_block(config, index, self.ends) for index in range(sum(config.depths)))

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.patch_embed(x)
        x = x + self.positions(int(x.shape[1]), int(x.shape[2]))
        maps = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in self.ends:
                maps.append(x.permute(0, 3, 1, 2))
        return maps

    def positions(self, height: int, width: int) -> Tensor:
        """What is added to each token, [1, height, width, C]: a coarse map stretched, and one repeated per window."""
        side = int(self.pos_embed_window.shape[2])
        stretched = F.interpolate(self.pos_embed, size=(height, width), mode="bicubic")
        repeated = self.pos_embed_window.repeat(1, 1, -(-height // side), -(-width // side))
        return (stretched + repeated[:, :, :height, :width]).permute(0, 2, 3, 1)


def _block(config: HieraConfig, index: int, ends: list[int]) -> Block:
    stage = sum(index > end for end in ends)
    first = stage > 0 and index == ends[stage - 1] + 1
    window = 0 if index in config.global_blocks else config.windows[stage - first]
    width, out = config.width << (stage - first), config.width << stage
    return Block(width, out, config.heads << stage, window, first, config.mlp_ratio)

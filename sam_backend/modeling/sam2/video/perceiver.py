"""EdgeTAM's two-dimensional perceiver: a frame's memory in fewer tokens (EdgeTAM paper, "2D Spatial Perceiver").

Half of the tokens look at the whole map, the others at one window each, so that what they found still lies somewhere.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import PerceiverConfig
from sam_backend.modeling.common import attend


def _layers(width: int, ratio: int) -> nn.Sequential:
    """Two layers within each token."""
    hidden = width * ratio
    first, second = nn.Linear(width, hidden, bias=False), nn.Linear(hidden, width, bias=False)
    return nn.Sequential(nn.LayerNorm(width), first, nn.GELU(), second)


class CrossAttention(nn.Module):
    """Tokens look at a memory's cells."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm_x = nn.LayerNorm(width)
        self.norm_latents = nn.LayerNorm(width)
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_kv = nn.Linear(width, 2 * width, bias=False)
        self.to_out = nn.Linear(width, width, bias=False)

    def forward(self, tokens: Tensor, cells: Tensor, positions: Tensor | None) -> Tensor:
        """[B, T, width] over [B, N, width]; `positions` [N, width] are added to keys and values."""
        keys, values = self.to_kv(self.norm_x(cells)).chunk(2, dim=-1)
        if positions is not None:
            keys, values = keys + positions, values + positions
        y: Tensor = self.to_out(attend(self.to_q(self.norm_latents(tokens)), keys, values))
        return y


class SelfAttention(nn.Module):
    """Tokens look at each other."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_kv = nn.Linear(width, 2 * width, bias=False)
        self.to_out = nn.Linear(width, width, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        seen = self.norm(tokens)
        y: Tensor = self.to_out(attend(self.to_q(seen), *self.to_kv(seen).chunk(2, dim=-1)))
        return y


class Layer(nn.Module):
    """Tokens look at the memory, then at each other."""

    def __init__(self, width: int, ratio: int) -> None:
        super().__init__()
        self.attn = CrossAttention(width)
        self.ff = _layers(width, ratio)
        self.self_attn = SelfAttention(width)
        self.self_ff = _layers(width, ratio)

    def forward(self, tokens: Tensor, cells: Tensor, positions: Tensor | None) -> Tensor:
        tokens = tokens + self.attn(tokens, cells, positions)
        tokens = tokens + self.ff(tokens)
        tokens = tokens + self.self_attn(tokens)
        y: Tensor = tokens + self.self_ff(tokens)
        return y


class SpatialPerceiver(nn.Module):
    """A memory [1, width, G, G] to [1, tokens, width], those that lie nowhere first; `side` must divide G."""

    def __init__(self, config: PerceiverConfig, width: int) -> None:
        super().__init__()
        self.side = config.side
        self.latents = nn.Parameter(torch.zeros(config.free, width))
        self.latents_2d = nn.Parameter(torch.zeros(config.side**2, width))
        self.layers = nn.ModuleList(Layer(width, config.mlp_ratio) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, memory: Tensor, positions: Tensor) -> Tensor:
        """`positions` are those of the map's cells, [G·G, width]."""
        free = self._through(self.latents[None], memory.flatten(2).transpose(1, 2), positions)
        # A window's token is alone with it: each is a batch of its own.
        placed = self._through(self.latents_2d[:, None], self._windows(memory), None)
        y: Tensor = self.norm(torch.cat([free, placed.transpose(0, 1)], dim=1))
        return y

    def _through(self, tokens: Tensor, cells: Tensor, positions: Tensor | None) -> Tensor:
        for layer in self.layers:
            tokens = layer(tokens, cells, positions)
        return tokens

    def _windows(self, memory: Tensor) -> Tensor:
        """[side · side, cells of a window, width], row by row."""
        width, within = memory.shape[1], memory.shape[2] // self.side
        cut = memory[0].reshape(width, self.side, within, self.side, within)
        return cut.permute(1, 3, 2, 4, 0).reshape(self.side**2, within**2, width)

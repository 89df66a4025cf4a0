"""The current frame reads what is remembered of earlier ones (SAM 2 paper, section 4, "Memory attention")."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import MemoryConfig
from sam_backend.modeling.common import attend
from sam_backend.modeling.sam2.video.positions import rotary_tables, sine_map, turn

POSITIONS_SHARE = 0.1
"""How much of the positions is added to the current frame's features."""


Tables = tuple[Tensor, Tensor]
"""Cosine and sine of the angles that tokens are turned by, float32 [N, width of a head]."""


def memory_tables(config: MemoryConfig, grid: int, width: int) -> Tables:
    """Those of one memory's tokens; what lies nowhere is not turned."""
    if config.perceiver is None:
        return rotary_tables(grid, width)
    cosine, sine = rotary_tables(config.perceiver.side, width)
    free = config.perceiver.free
    return torch.cat([torch.ones(free, width), cosine]), torch.cat([torch.zeros(free, width), sine])


class RotaryAttention(nn.Module):
    """Multi-head attention whose queries and keys are turned by where they lie in the map."""

    def __init__(self, width: int, heads: int, read: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(read, width)
        self.v_proj = nn.Linear(read, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, q: Tensor, k: Tensor, v: Tensor, tables: Tables, key_tables: Tables, unplaced: int = 0) -> Tensor:
        """[B, N, width] queries over [B, M, read] keys and values; the last `unplaced` keys lie nowhere in the map,
        the others are whole memories, one after the other, each with the places of `key_tables`."""
        queries, keys, values = (self._heads(x) for x in (self.q_proj(q), self.k_proj(k), self.v_proj(v)))
        placed = keys.shape[2] - unplaced
        repeat = placed // key_tables[0].shape[0]
        turned = turn(keys[:, :, :placed], *(table.repeat(repeat, 1) for table in key_tables))
        keys = torch.cat([turned, keys[:, :, placed:]], dim=2)
        y = attend(turn(queries, *tables), keys, values).transpose(1, 2).flatten(2)
        out: Tensor = self.out_proj(y)
        return out

    def _heads(self, x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)


class MemoryLayer(nn.Module):
    """The frame attends to itself, then to the memories, then to nothing but each cell."""

    def __init__(self, config: MemoryConfig, width: int) -> None:
        super().__init__()
        self.self_attn = RotaryAttention(width, config.heads, width)
        self.cross_attn_image = RotaryAttention(width, config.heads, config.width)
        self.linear1 = nn.Linear(width, config.mlp_width)
        self.linear2 = nn.Linear(config.mlp_width, width)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.norm3 = nn.LayerNorm(width)

    def forward(
        self, x: Tensor, memory: Tensor, positions: Tensor, tables: Tables, key_tables: Tables, unplaced: int
    ) -> Tensor:
        seen = self.norm1(x)
        x = x + self.self_attn(seen, seen, seen, tables, tables)
        x = x + self.cross_attn_image(self.norm2(x), memory + positions, memory, tables, key_tables, unplaced)
        y: Tensor = x + self.linear2(F.relu(self.linear1(self.norm3(x))))
        return y


class MemoryAttention(nn.Module):
    """Features of a frame, given what is remembered of others."""

    positions: Tensor
    cosine: Tensor
    sine: Tensor
    key_cosine: Tensor
    key_sine: Tensor

    def __init__(self, config: MemoryConfig, width: int, grid: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(MemoryLayer(config, width) for _ in range(config.layers))
        self.norm = nn.LayerNorm(width)
        cosine, sine = rotary_tables(grid, width // config.heads)
        key_cosine, key_sine = memory_tables(config, grid, width // config.heads)
        tables = {"cosine": cosine, "sine": sine, "key_cosine": key_cosine, "key_sine": key_sine}
        for name, table in {"positions": sine_map(grid, width), **tables}.items():
            self.register_buffer(name, table, persistent=False)

    def forward(self, frame: Tensor, memory: Tensor, positions: Tensor, unplaced: int) -> Tensor:
        """Read the memories.

        Args:
            frame: [1, width, G, G], the encoder's features of the current frame.
            memory: [1, M, memory width]: memories as `Sam2Video.remember` gives them, one after the other, then
                `unplaced` pointers' parts.
            positions: [1, M, memory width], added to the keys alone.

        Returns:
            [1, width, G, G].
        """
        x = frame.flatten(2).transpose(1, 2) + POSITIONS_SHARE * self.positions
        for layer in self.layers:
            x = layer(x, memory, positions, (self.cosine, self.sine), (self.key_cosine, self.key_sine), unplaced)
        y: Tensor = self.norm(x).transpose(1, 2).reshape(frame.shape)
        return y

"""Where things are: sines over a map, over time, and turned into queries and keys (rotary)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

TEMPERATURE = 10_000.0


def sine_map(size: int, width: int) -> Tensor:
    """Sines of a square map's rows and columns, float32 [size², width], row by row; rows in the first half."""
    steps = torch.arange(1, size + 1, dtype=torch.float32) / (size + 1e-6) * (2 * math.pi)
    pairs = torch.arange(width // 2) // 2
    angles = steps[:, None] / TEMPERATURE ** (2 * pairs / (width // 2))
    waves = torch.stack([angles[:, 0::2].sin(), angles[:, 1::2].cos()], dim=2).flatten(1)
    rows = waves[:, None].expand(-1, size, -1)
    columns = waves[None].expand(size, -1, -1)
    return torch.cat([rows, columns], dim=2).flatten(0, 1)


def sine_time(times: Tensor, width: int) -> Tensor:
    """Sines of moments [N], as a share of the farthest that counts: [N, width]."""
    pairs = torch.arange(width // 2, device=times.device) // 2
    angles = times[:, None] / TEMPERATURE ** (2 * pairs / (width // 2))
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def rotary_tables(size: int, width: int) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the angles that each cell of a square map turns each channel by, float32 [size², width]:
    columns turn the first half, rows the second, each angle a pair of neighbours."""
    speeds = TEMPERATURE ** -(torch.arange(0, width // 2, 2, dtype=torch.float32) / (width // 2))
    rows, columns = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    angles = torch.cat([columns.reshape(-1, 1) * speeds, rows.reshape(-1, 1) * speeds], dim=1)
    angles = angles.repeat_interleave(2, dim=1)
    return angles.cos(), angles.sin()


def turn(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn each pair of neighbouring channels of [..., N, width] by its cell's angle."""
    first, second = x.reshape(*x.shape[:-1], -1, 2).unbind(-1)
    return x * cosine + torch.stack([-second, first], dim=-1).flatten(-2) * sine

"""Rotary positions on a square map (Su et al. 2021; axial, as in Heo et al. 2024): channels in pairs are turned by
angles that grow with the column in the first half of a head, with the row in the second."""

from __future__ import annotations

import torch
from torch import Tensor

THETA = 10_000.0
"""Base of the angles' geometric series."""

Rotation = tuple[Tensor, Tensor]
"""Cosine and sine, float32 [side², channels / 2], cells row by row."""


def rotation(side: int, channels: int, scale: float, device: torch.device) -> Rotation:
    """The turn of each cell of a side × side map for heads of so many channels; its places count `scale` each."""
    quarter = channels // 4
    frequencies = THETA ** (-torch.arange(quarter, dtype=torch.float32, device=device) / quarter)
    places = torch.arange(side, dtype=torch.float32, device=device) * scale
    y, x = torch.meshgrid(places, places, indexing="ij")
    angles = torch.cat([place.reshape(-1, 1) * frequencies for place in (x, y)], dim=1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, turn: Rotation) -> Tensor:
    """[..., side², channels] with each pair of neighbouring channels turned; in float32, given back as it came."""
    cos, sin = turn
    shape = [int(n) for n in x.shape]  # ints: constants to the tracer
    pairs = x.float().reshape(*shape[:-1], shape[-1] // 2, 2)
    first, second = pairs[..., 0], pairs[..., 1]
    turned = torch.stack([first * cos - second * sin, first * sin + second * cos], dim=-1)
    return turned.reshape(shape).to(x.dtype)

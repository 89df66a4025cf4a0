"""Prompt encoding: SAM's sparse tokens, plus what the image shows at the prompt and dense maps of where it points.

SAM (paper, section 3) encodes a point by its position and label alone and leaves it to the transformer to find out
what lies there. A small model learns that slowly, so each prompt token also gets the image feature under the point
(or the mean inside the box), and the image tokens get seven maps of the prompt.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn

from sam_backend.modeling.compact.layers import cell_centres, per_prompt

# Standard deviation, in feature cells, of the window that reads the feature under a point.
POINT_WINDOW_CELLS = 0.6
# Standard deviations of the Gaussian maps around points, as fractions of the input side.
MAP_SIGMAS = (0.02, 0.08)
SIMILARITY_DIM = 32
PROMPT_MAPS = 7


class PositionEncoding(nn.Module):
    """Random Fourier features of coordinates in 0..1 (paper, appendix A)."""

    frequencies: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("frequencies", torch.randn(2, dim // 2))

    def forward(self, coords: Tensor) -> Tensor:
        """[..., 2] to [..., dim]."""
        angles = (2 * coords - 1).float() @ self.frequencies.float() * (2 * math.pi)
        return torch.cat([angles.sin(), angles.cos()], -1)


class Roles(NamedTuple):
    """Which prompt entry is what: floats 0 or 1, [P, N, 1]."""

    positive: Tensor
    negative: Tensor
    corner0: Tensor
    corner1: Tensor

    @classmethod
    def of(cls, labels: Tensor) -> Roles:
        return cls(*((labels == value).float()[..., None] for value in (1, 0, 2, 3)))

    @property
    def point(self) -> Tensor:
        return self.positive + self.negative

    @property
    def corner(self) -> Tensor:
        return self.corner0 + self.corner1


class PromptEncoder(nn.Module):
    """Points and boxes to prompt tokens [P, N, dim] and dense image-token additions [P, H*W, dim]."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.position = PositionEncoding(dim)
        self.label_embedding = nn.Embedding(4, dim)
        self.padding = nn.Embedding(1, dim)
        self.point_feature = nn.Linear(dim, dim)
        self.box_feature = nn.Linear(dim, dim)
        self.similarity = nn.Linear(dim, SIMILARITY_DIM)
        self.dense_maps = nn.Linear(PROMPT_MAPS, dim)
        nn.init.normal_(self.label_embedding.weight, std=0.5)

    def forward(self, embedding: Tensor, points: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """``embedding`` [I, dim, H, W]; ``points`` [P, N, 2] in 0..1; ``labels`` [P, N] of -1, 0, 1, 2, 3."""
        tokens = embedding.flatten(2).transpose(1, 2)
        sparse, maps = self.read(tokens, self.alike(tokens), points, labels, embedding.shape[2], embedding.shape[3])
        return sparse, self.dense_maps(maps.transpose(1, 2).to(embedding.dtype))

    def read(
        self, tokens: Tensor, alike: Tensor, points: Tensor, labels: Tensor, height: int, width: int
    ) -> tuple[Tensor, Tensor]:
        """Prompt tokens [P, N, dim] and the seven maps [P, 7, H*W].

        ``tokens`` [I, H*W, dim] are the image's, ``alike`` [I, H*W, SIMILARITY_DIM] what they are compared by.
        """
        grid = cell_centres(height, width, tokens.device)
        roles = Roles.of(labels)
        distance = (points[:, :, None, :].float() - grid).square().sum(-1)
        window = torch.softmax(distance * (-height * height / (2 * POINT_WINDOW_CELLS**2)), -1)
        inside = self._soft_box(grid, points, roles, 2.0 * height)
        inside_mean = (inside / (inside.sum(-1, keepdim=True) + 1e-6))[:, None]
        under_points = pool(window, tokens)
        sparse = self._labels(points, labels)
        sparse = sparse + self.point_feature(under_points) * roles.point
        sparse = sparse + self.box_feature(pool(inside_mean, tokens)) * roles.corner
        asked = self.alike(under_points)
        likeness = asked @ per_prompt(alike, asked.shape[0]).transpose(1, 2) + 1
        maps = [
            (torch.exp(-distance / (2 * sigma * sigma)) * role).amax(1)
            for sigma in MAP_SIGMAS
            for role in (roles.positive, roles.negative)
        ]
        maps += [inside, (likeness * roles.positive).amax(1), (likeness * roles.negative).amax(1)]
        return sparse, torch.stack(maps, 1)

    def alike(self, tokens: Tensor) -> Tensor:
        """Unit vectors [..., SIMILARITY_DIM] of tokens [..., dim], whose products are cosine similarities."""
        seen: Tensor = self.similarity(tokens).float()
        length: Tensor = seen.norm(dim=-1, keepdim=True)
        return seen / length.clamp_min(1e-12)

    def grid_position(self, height: int, width: int) -> Tensor:
        """Position encoding of the image tokens, [H*W, dim]."""
        encoded: Tensor = self.position(cell_centres(height, width, self.position.frequencies.device))
        return encoded

    def _labels(self, points: Tensor, labels: Tensor) -> Tensor:
        kinds = torch.stack([(labels == value).float() for value in (-1, 0, 1, 2, 3)], -1)
        table = torch.cat([self.padding.weight, self.label_embedding.weight])
        placed: Tensor = self.position(points) * (labels >= 0).unsqueeze(-1)
        return placed + kinds @ table.float()

    @staticmethod
    def _soft_box(grid: Tensor, points: Tensor, roles: Roles, sharpness: float) -> Tensor:
        """1 inside the box, 0 outside, half a cell of transition; all 0 without a box. [P, H*W]."""
        low = (points * roles.corner0).sum(1)[:, None]
        high = (points * roles.corner1).sum(1)[:, None]
        has_box = roles.corner0.sum(1).clamp(max=1)
        after = torch.sigmoid((grid[None] - low) * sharpness)
        before = torch.sigmoid((high - grid[None]) * sharpness)
        return (after * before).prod(-1) * has_box


def pool(weights: Tensor, tokens: Tensor) -> Tensor:
    """Weighted sums [P, N, C] of an image's tokens [I, T, C] under weights [P, N, T]."""
    return weights.to(tokens.dtype) @ per_prompt(tokens, weights.shape[0])

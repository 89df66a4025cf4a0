"""SAM's prompt encoder: points, box corners and rough masks to tokens and a dense map (paper, appendix A)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from sam_backend.config import DecoderConfig
from sam_backend.modeling.common import LayerNorm2d

POINT_KINDS = 4
"""Learnt embeddings per label: 0 background, 1 foreground, 2 and 3 a box's first and second corner."""


class RandomPositions(nn.Module):
    """Positional encoding by random Fourier features (Tancik et al. 2020)."""

    positional_encoding_gaussian_matrix: Tensor

    def __init__(self, features: int) -> None:
        super().__init__()
        self.register_buffer("positional_encoding_gaussian_matrix", torch.randn(2, features))

    def forward(self, coords: Tensor) -> Tensor:
        """(x, y) in [0, 1], shape [..., 2], to [..., 2 · features]."""
        angles = 2 * math.pi * ((2 * coords - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat([angles.sin(), angles.cos()], dim=-1)

    def grid(self, size: int) -> Tensor:
        """Encodings of the cell centres of a square grid: [size, size, 2 · features]."""
        matrix = self.positional_encoding_gaussian_matrix
        encoded: Tensor = self(cell_centres(size).to(matrix))
        return encoded


def cell_centres(size: int) -> Tensor:
    """(x, y) of the cells of a square grid in [0, 1]: [size, size, 2]."""
    centres = (torch.arange(size) + 0.5) / size
    y, x = torch.meshgrid(centres, centres, indexing="ij")
    return torch.stack([x, y], dim=-1)


class PromptEncoder(nn.Module):
    """Prompts in the padded input frame to what the mask decoder reads."""

    def __init__(self, config: DecoderConfig, input_size: int, grid: int) -> None:
        super().__init__()
        self.input_size, self.grid_size = input_size, grid
        channels = config.mask_prompt_channels
        self.pe_layer = RandomPositions(config.width // 2)
        self.point_embeddings = nn.ModuleList(nn.Embedding(1, config.width) for _ in range(POINT_KINDS))
        self.not_a_point_embed = nn.Embedding(1, config.width)
        self.mask_downscaling = nn.Sequential(
            nn.Conv2d(1, channels // 4, 2, stride=2),
            LayerNorm2d(channels // 4),
            nn.GELU(),
            nn.Conv2d(channels // 4, channels, 2, stride=2),
            LayerNorm2d(channels),
            nn.GELU(),
            nn.Conv2d(channels, config.width, 1),
        )
        self.no_mask_embed = nn.Embedding(1, config.width)

    def points(self, coords: Tensor, labels: Tensor) -> Tensor:
        """Point tokens.

        Args:
            coords: [B, N, 2] (x, y) in input pixels, origin at the corner of the first pixel's square.
            labels: [B, N]: 1, 0, 2, 3, or -1 for padding, which ignores its coordinates.

        Returns:
            [B, N, width].
        """
        # SAM addresses pixel centres: pixel 0 is at 0.5
        encoded = self.pe_layer((coords + 0.5) / self.input_size)
        kinds = self._kinds()
        padding = (labels == -1).unsqueeze(-1).to(encoded.dtype)
        index = (labels + 1).clamp(0, POINT_KINDS).to(torch.int64)
        tokens: Tensor = encoded * (1 - padding) + kinds[index]
        return tokens

    def masks(self, logits: Tensor) -> Tensor:
        """Rough mask logits [B, 1, 4·grid, 4·grid] to a dense map [B, width, grid, grid]."""
        y: Tensor = self.mask_downscaling(logits)
        return y

    def no_mask(self) -> Tensor:
        """The dense map when there is no mask prompt: [1, width, 1, 1], the same everywhere."""
        return self.no_mask_embed.weight.reshape(1, -1, 1, 1)

    def dense(self, mask_input: Tensor, has_mask: Tensor) -> Tensor:
        """Dense map [B, width, grid, grid]: from `mask_input` where `has_mask` [B] is 1, else `no_mask`."""
        flag = has_mask.reshape(-1, 1, 1, 1)
        return flag * self.masks(mask_input) + (1 - flag) * self.no_mask()

    def image_positions(self) -> Tensor:
        """Positional encoding of the embedding's cells, row by row: [1, grid², width]."""
        return self.pe_layer.grid(self.grid_size).flatten(0, 1).unsqueeze(0)

    def _kinds(self) -> Tensor:
        """Learnt embeddings by label + 1: [5, width], padding first."""
        learnt = [self.not_a_point_embed, *self.point_embeddings]
        return torch.cat([embedding.get_parameter("weight") for embedding in learnt])

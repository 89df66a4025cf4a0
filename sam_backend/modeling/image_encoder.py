"""SAM's image encoder: a ViT with windowed attention, a few global blocks and a convolutional neck."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sam_backend.config import PATCH, VitConfig
from sam_backend.modeling.common import MlpBlock, Neck, join_windows, split_windows
from sam_backend.modeling.relative_position import biased_attention, folded_attention, position_scores


class Attention(nn.Module):
    """Multi-head self-attention over a grid of tokens with decomposed relative positions.

    Attributes:
        folded: use the flash-friendly form. None lets the device decide: yes on a GPU in half precision.
    """

    folded: bool | None = None

    def __init__(self, width: int, heads: int, size: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.rel_pos_h = nn.Parameter(torch.zeros(2 * size - 1, width // heads))
        self.rel_pos_w = nn.Parameter(torch.zeros(2 * size - 1, width // heads))

    def forward(self, x: Tensor) -> Tensor:
        """[B, H, W, C] to the same shape."""
        batch, height, width, channels = (int(n) for n in x.shape)
        qkv = self.qkv(x).reshape(batch, height * width, 3, self.heads, channels // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        rows, columns = position_scores(q, height, width, self.rel_pos_h, self.rel_pos_w)
        attend = folded_attention if self._fold(x) else biased_attention
        y = attend(q, k, v, rows, columns).transpose(1, 2).reshape(batch, height, width, channels)
        out: Tensor = self.proj(y)
        return out

    def _fold(self, x: Tensor) -> bool:
        return self.folded if self.folded is not None else x.is_cuda and x.dtype != torch.float32


class Block(nn.Module):
    """Transformer block; `window` 0 attends over the whole grid."""

    def __init__(self, config: VitConfig, window: int, grid: int) -> None:
        super().__init__()
        self.window = window
        self.norm1 = nn.LayerNorm(config.width, eps=1e-6)
        self.attn = Attention(config.width, config.heads, window or grid)
        self.norm2 = nn.LayerNorm(config.width, eps=1e-6)
        self.mlp = MlpBlock(config.width, config.width * config.mlp_ratio, nn.GELU)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self._attend(self.norm1(x))
        y: Tensor = x + self.mlp(self.norm2(x))
        return y

    def _attend(self, x: Tensor) -> Tensor:
        if not self.window:
            y: Tensor = self.attn(x)
            return y
        return join_windows(self.attn(split_windows(x, self.window)), x.shape[1], x.shape[2])


class PatchEmbed(nn.Module):
    """Pixels to tokens, [B, 3, S, S] to [B, S/16, S/16, C]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, width, PATCH, stride=PATCH)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.proj(x).permute(0, 2, 3, 1)
        return y


class ImageEncoderViT(nn.Module):
    """Normalised pixels [B, 3, S, S] to the embedding [B, width, S/16, S/16]."""

    def __init__(self, config: VitConfig, grid: int, width: int) -> None:
        super().__init__()
        self.patch_embed = PatchEmbed(config.width)
        self.pos_embed = nn.Parameter(torch.zeros(1, grid, grid, config.width))
        self.blocks = nn.ModuleList(
            Block(config, 0 if i in config.global_blocks else config.window, grid) for i in range(config.depth)
        )
        self.neck = Neck(config.width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.with_early(x)[0]

    def with_early(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The embedding, and the tokens [B, C, S/16, S/16] as the first block that sees the whole grid leaves them:
        what HQ-SAM reads (Ke et al. 2023, section 3.2). Without such a block they are the last one's."""
        x = self.patch_embed(x) + self.pos_embed
        early: Tensor | None = None
        for block in self.blocks:
            x = block(x)
            if early is None and not block.window:
                early = x
        y: Tensor = self.neck(x.permute(0, 3, 1, 2))
        return y, (x if early is None else early).permute(0, 3, 1, 2)

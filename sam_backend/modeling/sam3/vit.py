"""SAM 3's ViT: windowed attention with rotary positions, a few blocks that attend to the whole map."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import RopeVitConfig
from sam_backend.modeling.common import attend, join_windows, split_windows
from sam_backend.modeling.sam3.rotary import Rotation, rotate, rotation

EPS = 1e-5
"""Of its layer norms in the authors' code; transformers says 1e-6."""
HEADS_AT_ONCE = 4
"""Of a global block in a traced graph, where the scores of all heads together would take 1.7 GB."""


class Attention(nn.Module):
    """Multi-head self-attention over a map of tokens, queries and keys turned by where they are.

    `at_once`: how many heads a traced graph takes together.
    """

    def __init__(self, width: int, heads: int, at_once: int) -> None:
        super().__init__()
        self.heads, self.at_once = heads, at_once
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor, turn: Rotation) -> Tensor:
        """[B, H, W, C] to the same shape."""
        batch, height, width, channels = (int(n) for n in x.shape)
        qkv = self.qkv(x).reshape(batch, height * width, 3, self.heads, channels // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        y = self._attend(rotate(q, turn), rotate(k, turn), v)
        out: Tensor = self.proj(y.transpose(1, 2).reshape(batch, height, width, channels))
        return out

    def _attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        if not torch.onnx.is_in_onnx_export():
            return attend(q, k, v)
        parts = [slice(first, first + self.at_once) for first in range(0, self.heads, self.at_once)]
        return torch.cat([attend(q[:, part], k[:, part], v[:, part]) for part in parts], dim=1)


class Mlp(nn.Module):
    """Two linear layers with GELU between them."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.fc2(F.gelu(self.fc1(x)))
        return y


class Block(nn.Module):
    """Transformer block; `window` 0 attends over the whole map."""

    def __init__(self, config: RopeVitConfig, window: int) -> None:
        super().__init__()
        self.window = window
        self.norm1 = nn.LayerNorm(config.width, eps=EPS)
        self.attn = Attention(config.width, config.heads, config.heads if window else HEADS_AT_ONCE)
        self.norm2 = nn.LayerNorm(config.width, eps=EPS)
        self.mlp = Mlp(config.width, config.mlp_width)

    def forward(self, x: Tensor, turn: Rotation) -> Tensor:
        x = x + self._attend(self.norm1(x), turn)
        y: Tensor = x + self.mlp(self.norm2(x))
        return y

    def _attend(self, x: Tensor, turn: Rotation) -> Tensor:
        if not self.window:
            y: Tensor = self.attn(x, turn)
            return y
        height, width = int(x.shape[1]), int(x.shape[2])
        return join_windows(self.attn(split_windows(x, self.window), turn), height, width)


class PatchEmbed(nn.Module):
    """Pixels to tokens, [B, 3, S, S] to [B, G, G, C]."""

    def __init__(self, config: RopeVitConfig) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, config.width, config.patch, stride=config.patch, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.proj(x).permute(0, 2, 3, 1)
        return y


class RopeVit(nn.Module):
    """Normalised pixels [B, 3, S, S] to tokens [B, C, G, G]."""

    def __init__(self, config: RopeVitConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbed(config)
        # Official files have one more, for a class that nobody asks for; loading leaves it out.
        self.pos_embed = nn.Parameter(torch.zeros(1, config.positions**2, config.width))
        self.ln_pre = nn.LayerNorm(config.width, eps=EPS)
        self.blocks = nn.ModuleList(
            Block(config, 0 if index in config.global_blocks else config.window) for index in range(config.depth)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch_embed(x)
        side = int(x.shape[1])
        x = self.ln_pre(x + self.positions(side))
        channels, window = self.config.width // self.config.heads, self.config.window
        near = rotation(window, channels, 1.0, x.device)
        far = rotation(side, channels, window / side, x.device)
        for block in self.blocks:
            x = block(x, near if block.window else far)
        return x.permute(0, 3, 1, 2)

    def positions(self, side: int) -> Tensor:
        """What is added to each token, [1, side, side, C]: the learnt map, repeated and cut off."""
        learnt = self.config.positions
        times, cells = -(-side // learnt), self.pos_embed.reshape(1, learnt, learnt, -1)
        return cells.repeat(1, times, times, 1)[:, :side, :side]

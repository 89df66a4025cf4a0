"""MobileSAM's image encoder: TinyViT (Wu et al. 2022, section 3), trimmed to end at stride 16."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam_backend.config import PATCH, TinyVitConfig
from sam_backend.modeling.common import ConvNorm, Neck, join_windows, split_windows


class PatchEmbed(nn.Module):
    """Two strided convolutions: pixels to stride 4."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.seq = nn.Sequential(ConvNorm(3, width // 2, 3, 2), nn.GELU(), ConvNorm(width // 2, width, 3, 2))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.seq(x)
        return y


class MBConv(nn.Module):
    """Inverted residual: widen, depthwise 3×3, narrow."""

    def __init__(self, width: int, expansion: int) -> None:
        super().__init__()
        hidden = width * expansion
        self.conv1 = ConvNorm(width, hidden)
        self.conv2 = ConvNorm(hidden, hidden, 3, groups=hidden)
        self.conv3 = ConvNorm(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        return F.gelu(x + self.conv3(F.gelu(self.conv2(F.gelu(self.conv1(x))))))


class PatchMerging(nn.Module):
    """Change the width and, with stride 2, halve the resolution."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = ConvNorm(inputs, outputs)
        self.conv2 = ConvNorm(outputs, outputs, 3, stride, groups=outputs)
        self.conv3 = ConvNorm(outputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv3(F.gelu(self.conv2(F.gelu(self.conv1(x)))))
        return y


class Attention(nn.Module):
    """Window attention with one learnt bias per head and absolute offset; normalises its input itself."""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.attention_biases = nn.Parameter(torch.zeros(heads, window * window))
        self.register_buffer("offsets", _offset_index(window), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, N, C] to the same shape, N = window²."""
        batch, tokens, channels = (int(n) for n in x.shape)
        qkv = self.qkv(self.norm(x)).reshape(batch, tokens, self.heads, 3, channels // self.heads)
        q, k, v = qkv.permute(3, 0, 2, 1, 4).unbind(0)
        y = _biased(q, k, v, self.attention_biases[:, self.get_buffer("offsets")].unsqueeze(0))
        out: Tensor = self.proj(y.transpose(1, 2).reshape(batch, tokens, channels))
        return out


def _biased(q: Tensor, k: Tensor, v: Tensor, bias: Tensor) -> Tensor:
    if not torch.onnx.is_in_onnx_export():
        return F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
    scores = (q * int(q.shape[-1]) ** -0.5) @ k.transpose(-2, -1)
    out: Tensor = (scores + bias).softmax(dim=-1) @ v
    return out


def _offset_index(window: int) -> Tensor:
    """[window², window²]: |rows apart| · window + |columns apart| for every pair of cells."""
    cell = torch.arange(window * window)
    row, column = cell // window, cell % window
    return (row[:, None] - row).abs() * window + (column[:, None] - column).abs()


class Mlp(nn.Module):
    """Layer norm and two linear layers."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.fc2(F.gelu(self.fc1(self.norm(x))))
        return y


class Block(nn.Module):
    """Window attention, depthwise convolution, MLP; [B, C, H, W] in and out."""

    def __init__(self, width: int, heads: int, window: int, mlp_ratio: int) -> None:
        super().__init__()
        self.window = window
        self.attn = Attention(width, heads, window)
        self.mlp = Mlp(width, width * mlp_ratio)
        self.local_conv = ConvNorm(width, width, 3, groups=width)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        windows = split_windows(x.permute(0, 2, 3, 1), self.window)
        attended = self.attn(windows.flatten(1, 2)).reshape(windows.shape)
        x = x + join_windows(attended, height, width).permute(0, 3, 1, 2)
        y = self.local_conv(x).permute(0, 2, 3, 1)
        out: Tensor = (y + self.mlp(y)).permute(0, 3, 1, 2)
        return out


class Stage(nn.Module):
    """Blocks of one width, then the way to the next stage."""

    def __init__(self, blocks: list[nn.Module], downsample: nn.Module | None) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x if self.downsample is None else self.downsample(x)


def _stages(config: TinyVitConfig) -> list[Stage]:
    # the last merge keeps its resolution: 64 cells at 1024 pixels, where classification TinyViT has 32
    merges = [
        PatchMerging(inputs, outputs, stride)
        for inputs, outputs, stride in zip(config.widths[:-1], config.widths[1:], (2, 2, 1), strict=True)
    ]
    stages = [Stage([MBConv(config.widths[0], config.conv_expansion) for _ in range(config.depths[0])], merges[0])]
    for i in (1, 2, 3):
        width, heads, window = config.widths[i], config.heads[i], config.windows[i]
        blocks: list[nn.Module] = [Block(width, heads, window, config.mlp_ratio) for _ in range(config.depths[i])]
        stages.append(Stage(blocks, merges[i] if i < 3 else None))
    return stages


class TinyViT(nn.Module):
    """Normalised pixels [B, 3, S, S] to the embedding [B, width, S/16, S/16].

    `norm_head` and `head` belong to TinyViT's classifier. MobileSAM's checkpoint carries them, so they are
    parameters here too; segmentation never runs them.
    """

    def __init__(self, config: TinyVitConfig, width: int, classes: int = 1000) -> None:
        super().__init__()
        self.patch_embed = PatchEmbed(config.widths[0])
        self.layers = nn.ModuleList(_stages(config))
        self.norm_head = nn.LayerNorm(config.widths[-1])
        self.head = nn.Linear(config.widths[-1], classes)
        self.neck = Neck(config.widths[-1], width)

    def forward(self, x: Tensor) -> Tensor:
        return self.with_early(x)[0]

    def with_early(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The embedding, and what the second stage hands on [B, C, S/16, S/16]: what Light HQ-SAM reads."""
        if x.shape[2] % PATCH or x.shape[3] % PATCH:
            raise ValueError(f"The input sides must be multiples of {PATCH}, not {tuple(x.shape[2:])}.")
        early = self.layers[1](self.layers[0](self.patch_embed(x)))
        y: Tensor = self.neck(self.layers[3](self.layers[2](early)))
        return y, early

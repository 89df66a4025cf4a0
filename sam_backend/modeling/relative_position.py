"""Attention with decomposed relative positions (paper, appendix A; Li et al. 2022, MViTv2, section 4.1).

The score of query (i, j) and key (k, l) gets `q · R_h[i - k] + q · R_w[j - l]`. Two exact ways to add it:
as a bias on the scores, or folded into longer queries and keys, which leaves a plain attention that flash
kernels can run without ever storing the [H·W, H·W] scores.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def position_table(rel_pos: Tensor, size: int) -> Tensor:
    """[2·size - 1, D] embeddings per offset to [size, size, D]: row = query, column = key.

    Raises:
        ValueError: the table was made for another size.
    """
    if rel_pos.shape[0] != 2 * size - 1:
        raise ValueError(f"The relative positions cover {rel_pos.shape[0]} offsets; {2 * size - 1} are needed.")
    index = torch.arange(size, device=rel_pos.device)
    return rel_pos[index[:, None] - index[None, :] + (size - 1)]


def position_scores(q: Tensor, height: int, width: int, rel_h: Tensor, rel_w: Tensor) -> tuple[Tensor, Tensor]:
    """Scores per query and key row, and per query and key column: two tensors [B, heads, H, W, size]."""
    grid = q.reshape(q.shape[0], q.shape[1], height, width, q.shape[3])
    rows = grid @ position_table(rel_h, height).transpose(1, 2)
    columns = grid.transpose(2, 3) @ position_table(rel_w, width).transpose(1, 2)
    return rows, columns.transpose(2, 3)


def biased_attention(q: Tensor, k: Tensor, v: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Attention over [B, heads, H·W, D] with the position scores added as a bias."""
    if torch.onnx.is_in_onnx_export():
        return _traced_attention(q, k, v, rows, columns)
    bias = (rows.unsqueeze(-1) + columns.unsqueeze(-2)).reshape(q.shape[0], q.shape[1], q.shape[2], k.shape[2])
    return F.scaled_dot_product_attention(q, k, v, attn_mask=bias)


def _traced_attention(q: Tensor, k: Tensor, v: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Two broadcast additions, which onnxruntime does in place: the bias itself would be as large as the scores."""
    batch, heads, tokens, channels = (int(n) for n in q.shape)
    scores = (q * channels**-0.5) @ k.transpose(-2, -1)
    grid = scores.reshape(batch, heads, tokens, rows.shape[-1], columns.shape[-1])
    grid = grid + rows.reshape(batch, heads, tokens, -1, 1) + columns.reshape(batch, heads, tokens, 1, -1)
    out: Tensor = grid.reshape(batch, heads, tokens, tokens).softmax(dim=-1) @ v
    return out


def folded_attention(q: Tensor, k: Tensor, v: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """The same attention with the position scores as extra channels: queries carry them, keys pick by one-hot."""
    batch, heads, tokens, channels = (int(n) for n in q.shape)
    height, width = rows.shape[2], columns.shape[3]
    scale = channels**-0.5
    extra = torch.cat([rows, columns], dim=-1).reshape(batch, heads, tokens, -1)
    pick_row = torch.eye(height, dtype=k.dtype, device=k.device).repeat_interleave(width, 0)
    pick_column = torch.eye(width, dtype=k.dtype, device=k.device).repeat(height, 1)
    pick = torch.cat([pick_row, pick_column], dim=-1).expand(batch, heads, tokens, -1)
    long_q, long_k = torch.cat([q * scale, extra], -1), torch.cat([k, pick], -1)
    pad = -long_q.shape[-1] % 8  # flash kernels want multiples of eight
    long_q, long_k = F.pad(long_q, (0, pad)), F.pad(long_k, (0, pad))
    long_v = F.pad(v, (0, long_q.shape[-1] - channels))
    return F.scaled_dot_product_attention(long_q, long_k, long_v, scale=1.0)[..., :channels]

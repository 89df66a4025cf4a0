"""Linear maps of image tokens that were never built.

Shapes: H heads of D channels, I = H·D, T prompt tokens, M pixels, n columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor


@dataclass(frozen=True)
class Columns:
    """The low-rank part of the image tokens: the sum of `images` weighted per pixel by `weights`."""

    weights: Tensor  # [n, M]
    images: Tensor  # [n, K], K channels of whatever maps are wanted later, side by side


@dataclass(frozen=True)
class Scales:
    """Reciprocal standard deviations per pixel, [1, M].

    A map of the tokens is `outer · (inner · base + columns)`; None stands for one.
    """

    inner: Tensor | None = None
    outer: Tensor | None = None


def centre(x: Tensor) -> Tensor:
    """Subtract the mean over the last axis, as a layer norm does."""
    return x - x.mean(-1, keepdim=True)


def cut(x: Tensor, *widths: int) -> list[Tensor]:
    """[N, sum of widths] to one [N, width] each."""
    ends = list(accumulate(widths))
    return [x[:, end - width : end] for width, end in zip(widths, ends, strict=True)]


def to_heads(x: Tensor, heads: int) -> Tensor:
    """[1, T, I] to [H, T, D]."""
    return x.reshape(x.shape[1], heads, -1).transpose(0, 1)


def from_heads(x: Tensor) -> Tensor:
    """[H, T, D] to [1, T, I]."""
    return x.transpose(0, 1).reshape(1, x.shape[1], -1)


def scores(q: Tensor, base: Tensor, images: Tensor, weights: Tensor, scales: Scales) -> Tensor:
    """Products [H, T, M] of q [H, T, D] with the mapped tokens: base [H, D, M], images [n, I] of columns [n, M]."""
    heads, tokens = q.shape[0], q.shape[1]
    share = q @ images.reshape(images.shape[0], heads, -1).permute(1, 2, 0)  # [H, T, n]
    low = (share.reshape(-1, images.shape[0]) @ weights).reshape(heads, tokens, -1)
    return _times(_times(q @ base, scales.inner) + low, scales.outer)


def weighted_sum(attention: Tensor, base: Tensor, images: Tensor, weights: Tensor, scales: Scales) -> Tensor:
    """Sums [H, T, D] of the mapped tokens under attention [H, T, M]: base [H, M, D], images [n, I]."""
    heads, tokens = attention.shape[0], attention.shape[1]
    scaled = _times(attention, scales.outer)
    share = (scaled.reshape(heads * tokens, -1) @ weights.T).reshape(heads, tokens, -1)  # [H, T, n]
    low = share @ images.reshape(images.shape[0], heads, -1).permute(1, 0, 2)
    return _times(scaled, scales.inner) @ base + low


def _times(x: Tensor, scale: Tensor | None) -> Tensor:
    return x if scale is None else x * scale


def softmax_tokens(x: Tensor) -> Tensor:
    """Softmax over the prompt tokens of [H, T, M]: spelt out, since runtimes transpose for any axis but the last."""
    y = (x - x.amax(1, keepdim=True)).exp()
    return y / y.sum(1, keepdim=True)


def norm_scale(
    square: Tensor,
    columns: Columns,
    width: int,
    cross: Tensor,
    inner: Tensor | None,
    rows: slice,
    eps: float,
    blocks: tuple[Tensor, Tensor] | None = None,
) -> tuple[Tensor, Tensor]:
    """A layer norm's scale per pixel from squared norms alone.

    Args:
        square: [1, M] squared norm of the base.
        columns: their first `width` image channels are the centred vectors added to the base.
        width: C.
        cross: [n, M] products of those vectors with the base.
        inner: [1, M] scale of the base, or None.
        rows: the columns of a mask prompt, the only ones whose weights may be negative.
        eps: the norm's.
        blocks: the first columns' weights and the others', where they lie apart too.

    Returns:
        [1, M] reciprocal standard deviation, and the smallest share [1] of a pixel's squared norm in the square of
        the sum of its parts' norms: how much of it cancelled.
    """
    weights, vectors = columns.weights, columns.images[:, :width]
    quadratic = _quadratic(weights, vectors) if blocks is None else _in_blocks(weights, vectors, *blocks)
    mixed = _times((weights * cross).sum(0, keepdim=True), inner)
    base = square if inner is None else square * inner * inner
    total = base + 2 * mixed + quadratic
    lengths = vectors.square().sum(1).sqrt().unsqueeze(0)  # [1, n]
    below = weights[rows].clamp(max=0)
    bound = base.sqrt() + lengths @ weights - 2 * (lengths[:, rows] @ below)
    share = (total / bound.square()).amin().reshape(1)
    return torch.rsqrt(total.clamp(min=0) / width + eps), share


def _quadratic(weights: Tensor, vectors: Tensor) -> Tensor:
    """Squared norms [1, M] of the sums of `vectors` [n, C] by `weights` [n, M], from their Gram matrix."""
    return (weights * ((vectors @ vectors.T) @ weights)).sum(0, keepdim=True)


def _in_blocks(weights: Tensor, vectors: Tensor, early: Tensor, late: Tensor) -> Tensor:
    """The same; products of the first columns with the others are made once and count twice."""
    count = early.shape[0]
    before, after = vectors[:count], vectors[count:]
    gram = after @ torch.cat([2 * before, after]).T
    return _quadratic(early, before) + (late * (gram @ weights)).sum(0, keepdim=True)

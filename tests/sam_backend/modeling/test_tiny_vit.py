"""MobileSAM's window attention against its definition, cell by cell."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from sam_backend.modeling.tiny_vit import Attention  # noqa: E402

pytestmark = pytest.mark.torch


def _biases_by_definition(attention: Any, window: int) -> Any:
    """One bias per offset, numbered in the order in which a walk over all pairs of cells meets them."""
    cells = list(itertools.product(range(window), repeat=2))
    numbers: dict[tuple[int, int], int] = {}
    rows = [[numbers.setdefault((abs(a - c), abs(b - d)), len(numbers)) for c, d in cells] for a, b in cells]
    return attention.attention_biases[:, torch.tensor(rows)]


@torch.no_grad()
def test_attention() -> None:
    window, width, heads = 3, 12, 2
    attention = Attention(width, heads, window)
    generator = torch.Generator().manual_seed(0)
    for parameter in attention.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator))
    x = torch.randn(2, window * window, width, generator=generator)
    # queries, keys and values lie side by side within each head
    parts = attention.qkv(attention.norm(x)).reshape(2, window * window, heads, 3, width // heads)
    biases, seen = _biases_by_definition(attention, window), []
    for head in range(heads):
        q, k, v = parts[:, :, head].unbind(2)
        weights = (q @ k.transpose(1, 2) / (width // heads) ** 0.5 + biases[head]).softmax(-1)
        seen.append(weights @ v)
    torch.testing.assert_close(attention(x), attention.proj(torch.cat(seen, -1)), rtol=1e-4, atol=1e-4)

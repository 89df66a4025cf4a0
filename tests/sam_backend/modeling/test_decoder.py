"""Properties of the decoder that hold for any weights."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from sam_backend.build import build_random  # noqa: E402
from tests.sam_backend.modeling.tiny import VIT  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def model() -> Any:
    return build_random(VIT, seed=3)


@pytest.fixture(scope="module")
def embedding() -> Any:
    return torch.randn(1, VIT.decoder.width, VIT.grid, VIT.grid, generator=torch.Generator().manual_seed(4))


def _decode(model: Any, embedding: Any, coords: Any, labels: Any, mask: Any = None) -> Any:
    batch = coords.shape[0]
    blank = torch.zeros(batch, 1, VIT.mask_size, VIT.mask_size)
    flag = torch.full((batch,), float(mask is not None))
    with torch.no_grad():
        return model.decode(embedding, coords, labels, blank if mask is None else mask, flag)


def _prompts(batch: Any, points: Any, seed: int = 0) -> Any:
    generator = torch.Generator().manual_seed(seed)
    coords = torch.rand(batch, points, 2, generator=generator) * VIT.input_size
    return coords, torch.randint(0, 2, (batch, points), generator=generator).float()


def test_points_have_no_order(model: Any, embedding: Any) -> None:
    coords, labels = _prompts(1, 5)
    logits, _ = _decode(model, embedding, coords, labels)
    turned, _ = _decode(model, embedding, coords.flip(1), labels.flip(1))
    torch.testing.assert_close(logits, turned, rtol=1e-4, atol=1e-4)


def test_a_batch_is_its_prompts_one_by_one(model: Any, embedding: Any) -> None:
    coords, labels = _prompts(3, 4)
    logits, iou = _decode(model, embedding, coords, labels)
    for i in range(3):
        one, score = _decode(model, embedding, coords[i : i + 1], labels[i : i + 1])
        torch.testing.assert_close(logits[i : i + 1], one, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(iou[i : i + 1], score, rtol=1e-4, atol=1e-4)


def test_padding_ignores_where_it_is(model: Any, embedding: Any) -> None:
    coords, labels = _prompts(1, 2)
    labels[0, 1] = -1
    moved = coords.clone()
    moved[0, 1] = 77.0
    torch.testing.assert_close(_decode(model, embedding, coords, labels), _decode(model, embedding, moved, labels))


def test_the_mask_input_counts_only_when_flagged(model: Any, embedding: Any) -> None:
    coords, labels = _prompts(2, 2)
    mask = torch.randn(2, 1, VIT.mask_size, VIT.mask_size)
    with torch.no_grad():
        both, _ = model.decode(embedding, coords, labels, mask, torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(both[:1], _decode(model, embedding, coords[:1], labels[:1])[0], rtol=1e-4, atol=1e-4)
    plain = _decode(model, embedding, coords[1:], labels[1:])[0]
    assert float((both[1:] - plain).abs().max()) > 0.01


def test_each_label_means_something_else(model: Any, embedding: Any) -> None:
    coords, _ = _prompts(1, 1)
    kinds = [_decode(model, embedding, coords, torch.full((1, 1), float(label)))[0] for label in (-1, 0, 1, 2, 3)]
    for i, one in enumerate(kinds):
        assert all(float((one - other).abs().max()) > 0.01 for other in kinds[i + 1 :])

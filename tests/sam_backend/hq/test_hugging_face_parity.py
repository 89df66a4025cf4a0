"""Our HQ-SAM against Hugging Face's, an independent implementation, with the same random weights."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend.build import build_random_hq  # noqa: E402
from sam_backend.checkpoints import load_hq_state  # noqa: E402
from sam_backend.checkpoints.hugging_face import to_official  # noqa: E402
from sam_backend.config import HQ_VARIANTS, VitConfig  # noqa: E402
from sam_backend.modeling.hq import HqSam  # noqa: E402
from tests.sam_backend.hq.tiny import HQ, LIGHT, best_first, masks_of, oracle, oracle_config  # noqa: E402

pytestmark = pytest.mark.torch
"""The tolerances are a few float32 roundings of values near 1."""
BOX = (12.5, 30.0, 90.0, 101.25)


@pytest.fixture(scope="module", params=[0, 1, 2])
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any, Any]:
    """(ours, theirs, generator) with equal weights."""
    theirs = oracle(torch, transformers, request.param)
    ours = load_hq_state(HQ, to_official(theirs.state_dict()))
    return ours, theirs, torch.Generator().manual_seed(request.param)


def _close(ours: Any, theirs: Any, tolerance: float = 2e-5) -> None:
    assert ours.shape == theirs.shape
    assert float((ours - theirs).abs().max()) <= tolerance * float(theirs.std())


def _pixels(generator: Any, batch: int = 1) -> Any:
    return torch.rand(batch, 3, HQ.input_size, HQ.input_size, generator=generator) * 255


def _encoded(pair: tuple[Any, Any, Any]) -> tuple[Any, dict[str, Any]]:
    """An image's tensors, ours, and theirs as inputs of their model."""
    ours, theirs, generator = pair
    pixels = _pixels(generator)
    embedding, early = theirs.get_image_embeddings((pixels - ours.pixel_mean) / ours.pixel_std)
    return ours.encode(pixels), {"image_embeddings": embedding, "intermediate_embeddings": early}


@torch.no_grad()
def test_image_encoder(pair: tuple[Any, Any, Any]) -> None:
    ours, theirs, generator = pair
    pixels = _pixels(generator, batch=2)
    normalised = (pixels - ours.pixel_mean) / ours.pixel_std
    embedding, early = theirs.get_image_embeddings(normalised)
    found = ours.image_encoder.with_early(normalised)
    _close(found[0], embedding)
    _close(found[1], early[0].permute(0, 3, 1, 2))
    _close(ours.encode(pixels)[0], embedding)


@torch.no_grad()
@pytest.mark.parametrize("config", [HQ, LIGHT], ids=lambda config: config.name)
def test_early_features_reach_the_masks(config: Any) -> None:
    model = build_random_hq(config, seed=3)
    pixels = torch.rand(1, 3, config.input_size, config.input_size) * 255
    embedding, fused = model.encode(pixels)
    assert fused.shape == (1, config.decoder.width // 8, config.mask_size, config.mask_size)
    model.mask_decoder.compress_vit_feat[3].weight.zero_()
    again = model.encode(pixels)
    assert torch.equal(again[0], embedding)
    assert float((again[1] - fused).abs().max()) > 1e-2


@torch.no_grad()
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("points", [1, 2, 7])
def test_points(pair: tuple[Any, Any, Any], points: int, with_mask: bool) -> None:
    own, image = _encoded(pair)
    ours, theirs, generator = pair
    coords = torch.rand(1, points, 2, generator=generator) * HQ.input_size
    labels = torch.randint(0, 2, (1, points), generator=generator)
    mask = torch.randn(1, 1, HQ.mask_size, HQ.mask_size, generator=generator) * 5
    prompt = {"input_points": coords[None], "input_labels": labels[None]}
    expected = masks_of(torch, theirs, **image, **prompt, **({"input_masks": mask} if with_mask else {}))
    # without a box SAM adds a padding point
    padded = torch.cat([coords, torch.zeros(1, 1, 2)], 1), torch.cat([labels, torch.tensor([[-1]])], 1).float()
    logits, iou = best_first(*ours.decode(*own, *padded, mask, torch.tensor([float(with_mask)])))
    _close(logits, expected[0])
    _close(iou, expected[1])


@torch.no_grad()
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("points", [0, 3])
def test_box(pair: tuple[Any, Any, Any], points: int, with_mask: bool) -> None:
    own, image = _encoded(pair)
    ours, theirs, generator = pair
    coords = torch.rand(1, points, 2, generator=generator) * HQ.input_size
    labels = torch.randint(0, 2, (1, points), generator=generator)
    mask = torch.randn(1, 1, HQ.mask_size, HQ.mask_size, generator=generator) * 5
    extra = {"input_points": coords[None], "input_labels": labels[None]} if points else {}
    extra |= {"input_masks": mask} if with_mask else {}
    expected = masks_of(torch, theirs, **image, input_boxes=torch.tensor([[BOX]]), **extra)
    corners = torch.cat([coords, torch.tensor(BOX).reshape(1, 2, 2)], 1)
    kinds = torch.cat([labels, torch.tensor([[2, 3]])], 1).float()
    logits, iou = best_first(*ours.decode(*own, corners, kinds, mask, torch.tensor([float(with_mask)])))
    _close(logits, expected[0])
    _close(iou, expected[1])


@torch.no_grad()
def test_prompts_in_one_batch_are_answered_as_alone(pair: tuple[Any, Any, Any]) -> None:
    own, _ = _encoded(pair)
    ours, _, generator = pair
    coords = torch.rand(3, 2, 2, generator=generator) * HQ.input_size
    labels = torch.tensor([[1.0, -1], [0, -1], [2, 3]])
    mask, flag = torch.randn(3, 1, HQ.mask_size, HQ.mask_size, generator=generator), torch.tensor([0.0, 1, 1])
    together = ours.decode(*own, coords, labels, mask, flag)
    for i in range(3):
        one = slice(i, i + 1)
        alone = ours.decode(*own, coords[one], labels[one], mask[one], flag[one])
        _close(together[0][one], alone[0])
        _close(together[1][one], alone[1])


@pytest.mark.parametrize("name", [name for name, c in HQ_VARIANTS.items() if isinstance(c.encoder, VitConfig)])
def test_every_size_has_their_shapes(name: str) -> None:
    config = HQ_VARIANTS[name]
    with torch.device("meta"):
        ours = {key: value.shape for key, value in HqSam(config).state_dict().items()}
        theirs = to_official(transformers.SamHQModel(oracle_config(transformers, config)).state_dict())
    assert ours == {key: value.shape for key, value in theirs.items()}

"""Our SAM 2 against Hugging Face's, an independent implementation, with the same random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from safetensors.torch import load_file  # noqa: E402

from sam_backend.build import build_random_sam2  # noqa: E402
from sam_backend.checkpoints import load_sam2_state  # noqa: E402
from sam_backend.checkpoints.hugging_face_sam2 import to_official_sam2  # noqa: E402
from sam_backend.config import SAM2_VARIANTS  # noqa: E402
from sam_backend.modeling.sam2 import Sam2  # noqa: E402
from sam_backend.modeling.sam2.decoder import steady  # noqa: E402
from tests.sam_backend.sam2.tiny import TINY, oracle, oracle_config  # noqa: E402

pytestmark = pytest.mark.torch
"""The tolerances are a few float32 roundings of values near 1."""
SCALE = TINY.input_size / TINY.point_frame
BOX = (12.5, 30.0, 90.0, 101.25)


@pytest.fixture(scope="module", params=[0, 1, 2])
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any, Any]:
    """(ours, theirs, generator) with equal weights."""
    theirs = oracle(torch, transformers, request.param)
    ours = load_sam2_state(TINY, to_official_sam2(theirs.state_dict()))
    return ours, theirs, torch.Generator().manual_seed(request.param)


def _close(ours: Any, theirs: Any, tolerance: float = 2e-5) -> None:
    assert ours.shape == theirs.shape
    assert float((ours - theirs).abs().max()) <= tolerance * float(theirs.std())


def _pixels(generator: Any, batch: int = 1) -> Any:
    return torch.rand(batch, 3, TINY.input_size, TINY.input_size, generator=generator) * 255


def _features(ours: Any, generator: Any) -> Any:
    """An image's tensors, ours in our order and theirs in theirs."""
    embedding, stride_8, stride_4 = ours.encode(_pixels(generator))
    return (embedding, stride_8, stride_4), [stride_4, stride_8, embedding]


@torch.no_grad()
def test_image_encoder(pair: tuple[Any, Any, Any]) -> None:
    ours, theirs, generator = pair
    pixels = _pixels(generator, batch=2)
    expected = theirs.get_image_embeddings((pixels - ours.pixel_mean) / ours.pixel_std)
    for found, wanted in zip(ours.encode(pixels), reversed(expected), strict=True):
        _close(found, wanted)


@torch.no_grad()
@pytest.mark.parametrize("window", [True, False])
def test_both_maps_of_positions_count(window: bool) -> None:
    model = build_random_sam2(TINY, seed=3)
    pixels = _pixels(torch.Generator().manual_seed(3))
    before = model.encode(pixels)[0]
    trunk = model.image_encoder.trunk
    (trunk.pos_embed_window if window else trunk.pos_embed).zero_()
    assert float((model.encode(pixels)[0] - before).abs().max()) > 1e-2


def _theirs(theirs: Any, features: Any, **prompt: Any) -> Any:
    """Their four masks and IoUs, the unambiguous one from a second call, and the object's score."""
    three = theirs(image_embeddings=features, multimask_output=True, **prompt)
    one = theirs(image_embeddings=features, multimask_output=False, **prompt)
    masks = torch.cat([one.pred_masks, three.pred_masks], dim=2)[0]
    return masks, torch.cat([one.iou_scores, three.iou_scores], dim=2)[0], one.object_score_logits[0]


@torch.no_grad()
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("points", [1, 2, 7])
def test_points(pair: tuple[Any, Any, Any], points: int, with_mask: bool) -> None:
    ours, theirs, generator = pair
    own, features = _features(ours, generator)
    coords = torch.rand(1, points, 2, generator=generator) * TINY.input_size
    labels = torch.randint(0, 2, (1, points), generator=generator)
    mask = torch.randn(1, 1, TINY.mask_size, TINY.mask_size, generator=generator) * 5
    prompt = {"input_points": coords[None], "input_labels": labels[None]}
    expected = _theirs(theirs, features, **prompt, **({"input_masks": mask} if with_mask else {}))
    # without a box a prompt comes with its padding point
    padded = torch.cat([coords, torch.zeros(1, 1, 2)], 1), torch.cat([labels, torch.tensor([[-1]])], 1).float()
    flag = torch.tensor([float(with_mask)])
    logits, iou = ours.decode(*own, padded[0] / SCALE, padded[1], mask, flag)
    _close(logits, expected[0])
    _close(iou, expected[1])


@torch.no_grad()
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("points", [0, 3])
def test_box(pair: tuple[Any, Any, Any], points: int, with_mask: bool) -> None:
    """A box comes without a padding point, which SAM 2 wants all the same."""
    ours, theirs, generator = pair
    own, features = _features(ours, generator)
    coords = torch.rand(1, points, 2, generator=generator) * TINY.input_size
    labels = torch.randint(0, 2, (1, points), generator=generator)
    mask = torch.randn(1, 1, TINY.mask_size, TINY.mask_size, generator=generator) * 5
    extra = {"input_points": coords[None], "input_labels": labels[None]} if points else {}
    extra |= {"input_masks": mask} if with_mask else {}
    expected = _theirs(theirs, features, input_boxes=torch.tensor([[BOX]]), **extra)
    corners = torch.cat([coords, torch.tensor(BOX).reshape(1, 2, 2)], 1)
    kinds = torch.cat([labels, torch.tensor([[2, 3]])], 1).float()
    logits, iou = ours.decode(*own, corners / SCALE, kinds, mask, torch.tensor([float(with_mask)]))
    _close(logits, expected[0])
    _close(iou, expected[1])


@torch.no_grad()
def test_the_objects_score(pair: tuple[Any, Any, Any]) -> None:
    ours, theirs, generator = pair
    own, features = _features(ours, generator)
    coords, labels = torch.tensor([[[40.0, 70.0]]]), torch.tensor([[1]])
    *_, expected = _theirs(theirs, features, input_points=coords[None], input_labels=labels[None])
    sparse = ours.sparse(torch.cat([coords, torch.zeros(1, 1, 2)], 1) / SCALE, torch.tensor([[1.0, -1.0]]))
    positions, dense = ours.sam_prompt_encoder.image_positions(), ours.sam_prompt_encoder.no_mask()
    *_, score = ours.sam_mask_decoder.all_masks(own[0], own[1:], positions, sparse, dense)
    assert float((score - expected).abs()) < 1e-5


@torch.no_grad()
def test_an_unstable_single_mask_gives_way_as_theirs_does(pair: tuple[Any, Any, Any]) -> None:
    _, theirs, generator = pair
    logits = torch.randn(64, 4, 16, 16, generator=generator) + torch.linspace(-6, 6, 64).reshape(-1, 1, 1, 1)
    iou = torch.rand(64, 4, generator=generator)
    masks, scores = steady(logits, iou)
    expected = theirs.mask_decoder._dynamic_multimask_via_stability(logits[None], iou[None])
    assert torch.equal(masks[:, :1], expected[0][0])
    assert torch.equal(scores[:, :1], expected[1][0])
    assert torch.equal(masks[:, 1:], logits[:, 1:])
    changed = (masks[:, 0] != logits[:, 0]).flatten(1).any(1)
    assert 0 < int(changed.sum()) < 64, "both cases must be there"


def test_what_save_pretrained_writes_loads(pair: tuple[Any, Any, Any], tmp_path: Path) -> None:
    """It writes a tensor once that the model has under two names."""
    ours, theirs, _ = pair
    theirs.save_pretrained(tmp_path)
    official = to_official_sam2(load_file(tmp_path / "model.safetensors"))
    assert set(official) == set(ours.state_dict())
    assert all(torch.equal(value, ours.state_dict()[name]) for name, value in official.items())


@pytest.mark.parametrize("name", list(SAM2_VARIANTS))
def test_every_size_has_their_shapes(name: str) -> None:
    config = SAM2_VARIANTS[name]
    with torch.device("meta"):
        ours = {key: value.shape for key, value in Sam2(config).state_dict().items()}
        theirs = to_official_sam2(transformers.Sam2Model(oracle_config(transformers, config)).state_dict())
    assert ours == {key: value.shape for key, value in theirs.items()}

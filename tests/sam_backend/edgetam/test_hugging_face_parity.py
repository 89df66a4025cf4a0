"""Our EdgeTAM against Hugging Face's, an independent implementation, with the same random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from safetensors.torch import load_file  # noqa: E402

from sam_backend.checkpoints import load_sam2_state  # noqa: E402
from sam_backend.checkpoints.hugging_face_sam2 import to_official_sam2  # noqa: E402
from sam_backend.config import EDGETAM_VARIANTS  # noqa: E402
from sam_backend.modeling.sam2 import Sam2  # noqa: E402
from tests.sam_backend.edgetam.tiny import TINY, oracle  # noqa: E402

pytestmark = pytest.mark.torch
SCALE = TINY.input_size / TINY.point_frame
BOX = (12.5, 30.0, 90.0, 101.25)


@pytest.fixture(scope="module", params=[0, 1])
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any, Any]:
    """(ours, theirs, generator) with equal weights."""
    theirs = oracle(torch, transformers, request.param)
    ours = load_sam2_state(TINY, to_official_sam2(theirs.state_dict()))
    return ours, theirs, torch.Generator().manual_seed(request.param)


def _close(ours: Any, theirs: Any, tolerance: float = 2e-5) -> None:
    assert ours.shape == theirs.shape
    assert float((ours - theirs).abs().max()) <= tolerance * float(theirs.std())


@torch.no_grad()
def test_image_encoder(pair: tuple[Any, Any, Any]) -> None:
    """The neck and what is made of its maps; RepViT itself is held to timm's in test_repvit.py."""
    ours, theirs, generator = pair
    pixels = torch.rand(2, 3, TINY.input_size, TINY.input_size, generator=generator) * 255
    expected = theirs.get_image_embeddings((pixels - ours.pixel_mean) / ours.pixel_std)
    for found, wanted in zip(ours.encode(pixels), reversed(expected), strict=True):
        _close(found, wanted)


@torch.no_grad()
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize(("points", "box"), [(1, False), (7, False), (0, True), (3, True)])
def test_prompts(pair: tuple[Any, Any, Any], points: int, box: bool, with_mask: bool) -> None:
    """From pixels to masks."""
    ours, theirs, generator = pair
    pixels = torch.rand(1, 3, TINY.input_size, TINY.input_size, generator=generator) * 255
    coords = torch.rand(1, points, 2, generator=generator) * TINY.input_size
    labels = torch.randint(0, 2, (1, points), generator=generator)
    mask = torch.randn(1, 1, TINY.mask_size, TINY.mask_size, generator=generator) * 5
    given: dict[str, Any] = {"input_points": coords[None], "input_labels": labels[None]} if points else {}
    given |= {"input_boxes": torch.tensor([[BOX]])} if box else {}
    given |= {"input_masks": mask} if with_mask else {}
    normalised = (pixels - ours.pixel_mean) / ours.pixel_std
    one, three = (theirs(pixel_values=normalised, multimask_output=many, **given) for many in (False, True))
    # a box ends the prompt, points alone are padded
    end = torch.tensor(BOX).reshape(1, 2, 2) if box else torch.zeros(1, 1, 2)
    kinds = torch.cat([labels, torch.tensor([[2, 3]] if box else [[-1]])], 1).float()
    prompt = torch.cat([coords, end], 1) / SCALE, kinds, mask, torch.tensor([float(with_mask)])
    logits, iou = ours.decode(*ours.encode(pixels), *prompt)
    _close(logits, torch.cat([one.pred_masks, three.pred_masks], dim=2)[0], 1e-4)
    _close(iou, torch.cat([one.iou_scores, three.iou_scores], dim=2)[0], 1e-4)


def test_what_save_pretrained_writes_loads(pair: tuple[Any, Any, Any], tmp_path: Path) -> None:
    """It writes a tensor once that the model has under two names."""
    ours, theirs, _ = pair
    theirs.save_pretrained(tmp_path)
    official = to_official_sam2(load_file(tmp_path / "model.safetensors"))
    assert set(official) == set(ours.state_dict())
    assert all(torch.equal(value, ours.state_dict()[name]) for name, value in official.items())


def test_the_published_size_has_their_names_and_shapes() -> None:
    """But for RepViT's, which are timm's."""
    config = EDGETAM_VARIANTS["edgetam"]
    with torch.device("meta"):
        ours = {key: value.shape for key, value in Sam2(config).state_dict().items()}
    theirs = to_official_sam2(oracle(torch, transformers, 0, config).state_dict())
    assert ours == {key: value.shape for key, value in theirs.items()}

"""Our SAM against Hugging Face's, an independent implementation, with the same random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from safetensors.torch import load_file  # noqa: E402

from sam_backend.build import build_random  # noqa: E402
from sam_backend.checkpoints import load_state  # noqa: E402
from sam_backend.checkpoints.hugging_face import to_official  # noqa: E402
from sam_backend.config import VitConfig  # noqa: E402
from tests.sam_backend.modeling.tiny import VIT  # noqa: E402

pytestmark = pytest.mark.torch
"""The tolerances are a few float32 roundings of values near 1."""


def _oracle_config() -> Any:
    encoder, decoder = VIT.encoder, VIT.decoder
    assert isinstance(encoder, VitConfig)
    return transformers.SamConfig(
        vision_config={
            "hidden_size": encoder.width, "num_hidden_layers": encoder.depth, "num_attention_heads": encoder.heads,
            "image_size": VIT.input_size, "window_size": encoder.window, "patch_size": 16,
            "global_attn_indexes": list(encoder.global_blocks), "output_channels": decoder.width,
            "mlp_dim": encoder.width * encoder.mlp_ratio, "num_pos_feats": decoder.width // 2,
        },
        prompt_encoder_config={"hidden_size": decoder.width, "image_size": VIT.input_size, "patch_size": 16},
        mask_decoder_config={
            "hidden_size": decoder.width, "mlp_dim": decoder.mlp_width, "num_attention_heads": decoder.heads,
            "iou_head_hidden_dim": decoder.iou_width, "layer_norm_eps": 1e-5,
        },
    )  # fmt: skip


@pytest.fixture(scope="module", params=[0, 1, 2])
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any, Any]:
    """(ours, theirs, generator) with equal weights."""
    theirs = transformers.SamModel(_oracle_config()).eval()
    torch.manual_seed(request.param)
    with torch.no_grad():
        for name, value in theirs.state_dict().items():
            scale = value[0].numel() ** -0.5 if value.ndim >= 2 and value.shape[0] > 4 else 0.3
            offset = 1.0 if value.ndim == 1 and name.endswith("weight") else 0.0
            value.copy_(torch.randn(value.shape) * scale + offset)
        shared = theirs.shared_image_embedding.positional_embedding
        theirs.prompt_encoder.shared_embedding.positional_embedding.copy_(shared)
    ours = load_state(VIT, to_official(theirs.state_dict()))
    return ours, theirs, torch.Generator().manual_seed(request.param)


def _close(ours: Any, theirs: Any, tolerance: float = 2e-5) -> None:
    assert ours.shape == theirs.shape
    assert float((ours - theirs).abs().max()) <= tolerance * float(theirs.std())


@torch.no_grad()
def test_image_encoder(pair: tuple[Any, Any, Any]) -> None:
    ours, theirs, generator = pair
    pixels = torch.rand(2, 3, VIT.input_size, VIT.input_size, generator=generator) * 255
    normalised = (pixels - ours.pixel_mean) / ours.pixel_std
    _close(ours.encode(pixels), theirs.get_image_embeddings(normalised))


@torch.no_grad()
@pytest.mark.parametrize("folded", [False, True])
def test_both_ways_to_add_relative_positions(pair: tuple[Any, Any, Any], folded: Any) -> None:
    ours, _, generator = pair
    pixels = torch.rand(1, 3, VIT.input_size, VIT.input_size, generator=generator) * 255
    plain = ours.encode(pixels)
    for block in ours.image_encoder.blocks:
        block.attn.folded = folded
    _close(ours.encode(pixels), plain)
    for block in ours.image_encoder.blocks:
        block.attn.folded = None


def _masks_of(theirs: Any, embedding: Any, **prompt: Any) -> Any:
    """Their four masks: the unambiguous one comes from a second call."""
    three = theirs(image_embeddings=embedding, multimask_output=True, **prompt)
    one = theirs(image_embeddings=embedding, multimask_output=False, **prompt)
    masks = torch.cat([one.pred_masks, three.pred_masks], dim=2)[:, 0]
    return masks, torch.cat([one.iou_scores, three.iou_scores], dim=2)[:, 0]


@torch.no_grad()
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("points", [1, 2, 7])
def test_points(pair: tuple[Any, Any, Any], points: Any, with_mask: bool) -> None:
    ours, theirs, generator = pair
    embedding = torch.randn(1, VIT.decoder.width, VIT.grid, VIT.grid, generator=generator)
    coords = torch.rand(1, points, 2, generator=generator) * VIT.input_size
    labels = torch.randint(0, 2, (1, points), generator=generator)
    mask = torch.randn(1, 1, VIT.mask_size, VIT.mask_size, generator=generator) * 5
    prompt = {"input_points": coords[None], "input_labels": labels[None]}
    expected = _masks_of(theirs, embedding, **prompt, **({"input_masks": mask} if with_mask else {}))
    # without a box SAM adds a padding point
    padded = torch.cat([coords, torch.zeros(1, 1, 2)], 1), torch.cat([labels, torch.tensor([[-1]])], 1).float()
    logits, iou = ours.decode(embedding, *padded, mask, torch.tensor([float(with_mask)]))
    _close(logits, expected[0])
    _close(iou, expected[1])


@torch.no_grad()
@pytest.mark.parametrize("points", [0, 3])
def test_box(pair: tuple[Any, Any, Any], points: Any) -> None:
    ours, theirs, generator = pair
    embedding = torch.randn(1, VIT.decoder.width, VIT.grid, VIT.grid, generator=generator)
    box = torch.tensor([[[12.5, 30.0, 90.0, 101.25]]])
    coords = torch.rand(1, points, 2, generator=generator) * VIT.input_size
    labels = torch.randint(0, 2, (1, points), generator=generator)
    extra = {"input_points": coords[None], "input_labels": labels[None]} if points else {}
    expected = _masks_of(theirs, embedding, input_boxes=box, **extra)
    corners = torch.cat([coords, box.reshape(1, 2, 2)], 1), torch.cat([labels, torch.tensor([[2, 3]])], 1).float()
    logits, iou = ours.decode(embedding, *corners, torch.zeros(1, 1, VIT.mask_size, VIT.mask_size), torch.zeros(1))
    _close(logits, expected[0])
    _close(iou, expected[1])


def test_a_hugging_face_file_loads(pair: tuple[Any, Any, Any], tmp_path: Path) -> None:
    """What `save_pretrained` writes comes out under our names, also the tensor that it writes once of two."""
    ours, theirs, _ = pair
    theirs.save_pretrained(tmp_path)
    official = to_official(load_file(tmp_path / "model.safetensors"))
    assert set(official) == set(build_random(VIT).state_dict())
    assert all(torch.equal(value, ours.state_dict()[name]) for name, value in official.items())

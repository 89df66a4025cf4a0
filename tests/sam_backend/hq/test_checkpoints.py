"""HQ-SAM's weight files: what loads, and the sentence for what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from safetensors.torch import load_file, save_file  # noqa: E402

from sam_backend.build import build_random_hq  # noqa: E402
from sam_backend.checkpoints import load_checkpoint, load_hq_state, load_model, recognise  # noqa: E402
from sam_backend.config import HQ_VARIANTS, VARIANTS  # noqa: E402
from sam_backend.modeling import Sam  # noqa: E402
from sam_backend.modeling.hq import HqSam  # noqa: E402
from tests.sam_backend.hq.tiny import HQ, oracle  # noqa: E402

pytestmark = pytest.mark.torch
PAIRS = {"hq_vit_tiny": "mobile_sam", "hq_vit_b": "vit_b", "hq_vit_l": "vit_l", "hq_vit_h": "vit_h"}
FINER: dict[str, list[Any]] = {
    "hf_token.weight": [1, 256],
    **{f"hf_mlp.layers.{i}.{part}": [*size, *([256] if part == "weight" else [])]
       for i, size in enumerate(([256], [256], [32])) for part in ("weight", "bias")},
    "compress_vit_feat.0.weight": ["early", 256, 2, 2], "compress_vit_feat.0.bias": [256],
    "compress_vit_feat.1.weight": [256], "compress_vit_feat.1.bias": [256],
    "compress_vit_feat.3.weight": [256, 32, 2, 2], "compress_vit_feat.3.bias": [32],
    "embedding_encoder.0.weight": [256, 64, 2, 2], "embedding_encoder.0.bias": [64],
    "embedding_encoder.1.weight": [64], "embedding_encoder.1.bias": [64],
    "embedding_encoder.3.weight": [64, 32, 2, 2], "embedding_encoder.3.bias": [32],
    "embedding_maskfeature.0.weight": [64, 32, 3, 3], "embedding_maskfeature.0.bias": [64],
    "embedding_maskfeature.1.weight": [64], "embedding_maskfeature.1.bias": [64],
    "embedding_maskfeature.3.weight": [32, 64, 3, 3], "embedding_maskfeature.3.bias": [32],
}  # fmt: skip
"""What the authors' decoder has beside SAM's (SysCV/sam-hq, `mask_decoder_hq.py`), written down from there."""
EARLY = {"hq_vit_tiny": 160, "hq_vit_b": 768, "hq_vit_l": 1024, "hq_vit_h": 1280}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model of a size that only this test knows, recognised like the published ones."""
    monkeypatch.setitem(HQ_VARIANTS, "hq_toy", HQ)
    return build_random_hq(HQ, seed=2)


@pytest.mark.parametrize("name", list(PAIRS))
def test_the_names_are_sams_and_the_authors(name: str) -> None:
    with torch.device("meta"):
        ours = {key: list(value.shape) for key, value in HqSam(HQ_VARIANTS[name]).state_dict().items()}
        plain = {key: list(value.shape) for key, value in Sam(VARIANTS[PAIRS[name]]).state_dict().items()}
    finer = {key: [EARLY[name] if n == "early" else n for n in shape] for key, shape in FINER.items()}
    assert ours == plain | {f"mask_decoder.{key}": shape for key, shape in finer.items()}


@pytest.mark.parametrize("name", list(PAIRS))
def test_the_variant_is_told_from_names_and_shapes(name: str) -> None:
    with torch.device("meta"):
        state = HqSam(HQ_VARIANTS[name]).state_dict()
    assert recognise(state).name == name
    plain = {
        key: value for key, value in state.items() if not key.startswith(tuple(f"mask_decoder.{k}" for k in FINER))
    }
    assert recognise(plain).name == PAIRS[name]


@pytest.mark.parametrize("kind", ["official", "training", "half", "bfloat", "safetensors"])
def test_a_file_loads(tiny: Any, tmp_path: Path, kind: str) -> None:
    state = tiny.state_dict()
    path = tmp_path / ("weights.safetensors" if kind == "safetensors" else "weights.pth")
    if kind == "safetensors":
        save_file(state, path)
    else:
        dtype = {"half": torch.float16, "bfloat": torch.bfloat16}.get(kind, torch.float32)
        weights = {key: value.to(dtype) for key, value in state.items()}
        torch.save({"model": weights, "epoch": 3} if kind == "training" else weights, path)
    loaded = load_model(path)
    assert isinstance(loaded, HqSam)
    assert set(loaded.state_dict()) == set(state)
    tolerance = {"half": 2e-3, "bfloat": 2e-2}.get(kind, 0.0)
    for key, value in loaded.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.allclose(value, state[key], rtol=tolerance, atol=tolerance), key


def test_what_save_pretrained_writes_loads(tiny: Any, tmp_path: Path) -> None:
    """It leaves out the second name of a tensor that the model has twice, and official names know only that one."""
    theirs = oracle(torch, transformers, 5)
    theirs.save_pretrained(tmp_path)
    path = tmp_path / "model.safetensors"
    assert "prompt_encoder.shared_embedding.positional_embedding" not in load_file(path)
    loaded = load_model(path)
    assert isinstance(loaded, HqSam)
    ours, expected = loaded.prompt_encoder.pe_layer, theirs.shared_image_embedding.positional_embedding
    assert torch.equal(ours.positional_encoding_gaussian_matrix, expected)


def test_misfits_are_said_in_a_sentence(tiny: Any) -> None:
    state = tiny.state_dict()
    lacking = {key: value for key, value in state.items() if "compress_vit_feat.3" not in key}
    with pytest.raises(ValueError, match=r"lacks 2 of .* mask_decoder\.compress_vit_feat\.3\.weight"):
        load_hq_state(HQ, lacking)
    with pytest.raises(ValueError, match="1 tensors this model does not have: surplus"):
        load_hq_state(HQ, {**state, "surplus": torch.zeros(2)})
    other = {**state, "mask_decoder.compress_vit_feat.0.weight": torch.zeros(32, 32, 2, 2)}
    with pytest.raises(ValueError, match=r"compress_vit_feat.0.weight is \[32, 32, 2, 2\] instead of \[48, 32, 2, 2\]"):
        load_hq_state(HQ, other)
    with pytest.raises(ValueError, match="not finite"):
        load_hq_state(HQ, {**state, "mask_decoder.hf_token.weight": torch.full((1, 32), float("nan"))})


def test_other_sizes_and_wishes_are_said(tiny: Any, tmp_path: Path) -> None:
    other_size = {**tiny.state_dict(), "image_encoder.pos_embed": torch.zeros(1, 16, 16, 48)}
    with pytest.raises(ValueError, match=r"pos_embed is \[1, 16, 16, 48\] instead of \[1, 9, 9, 48\]"):
        load_hq_state(HQ, other_size)
    odd = {"image_encoder.patch_embed.proj.weight": torch.zeros(99, 3, 16, 16), "mask_decoder.hf_token.weight": None}
    with pytest.raises(ValueError, match=r"99 wide and 0 blocks deep; known .* hq_vit_h 1280×32"):
        recognise(odd)
    path = tmp_path / "weights.pth"
    torch.save(tiny.state_dict(), path)
    with pytest.raises(ValueError, match="holds tiny_hq weights; SAM or MobileSAM is wanted here"):
        load_checkpoint(path)
    with pytest.raises(ValueError, match="holds tiny_hq weights, not vit_b"):
        load_model(path, "vit_b")

"""SAM 2's weight files: what loads, and the sentence for what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from sam_backend.build import build_random_sam2  # noqa: E402
from sam_backend.checkpoints import load_checkpoint, load_model, load_sam2_state, recognise  # noqa: E402
from sam_backend.checkpoints import sam2 as known  # noqa: E402
from sam_backend.config import SAM2_SIZES, SAM2_VARIANTS  # noqa: E402
from sam_backend.modeling.sam2 import Sam2  # noqa: E402
from tests.sam_backend.sam2.tiny import TINY  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model of a size that only this test knows, recognised like the published ones."""
    monkeypatch.setitem(SAM2_SIZES, "toy", TINY.encoder)
    for release in ("sam2", "sam2.1"):
        monkeypatch.setitem(SAM2_VARIANTS, f"{release}_toy", TINY)
    return build_random_sam2(TINY, seed=2)


def video() -> dict[str, Any]:
    """Some of what the official files hold besides."""
    names = ("memory_attention.layers.0.norm1.weight", "memory_encoder.out_proj.weight", "maskmem_tpos_enc",
             "no_mem_pos_enc", "no_obj_ptr", "obj_ptr_proj.layers.0.weight", "mask_downsample.weight")  # fmt: skip
    return {name: torch.ones(2) for name in names}


@pytest.mark.parametrize("kind", ["official", "training", "half", "bfloat", "safetensors"])
def test_a_file_loads(tiny: Any, tmp_path: Path, kind: str) -> None:
    state = tiny.state_dict()
    path = tmp_path / ("weights.safetensors" if kind == "safetensors" else "weights.pt")
    if kind == "safetensors":
        save_file({**state, **video()}, path)
    else:
        dtype = {"half": torch.float16, "bfloat": torch.bfloat16}.get(kind, torch.float32)
        weights = {key: value.to(dtype) for key, value in {**state, **video()}.items()}
        extra = {"optimizer": {"state": {0: {"exp_avg": torch.zeros(3)}}}, "epoch": 3} if kind == "training" else {}
        torch.save({"model": weights, **extra}, path)
    loaded = load_model(path)
    assert isinstance(loaded, Sam2)
    assert set(loaded.state_dict()) == set(state)
    tolerance = {"half": 2e-3, "bfloat": 2e-2}.get(kind, 0.0)
    for key, value in loaded.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.allclose(value, state[key], rtol=tolerance, atol=tolerance), key


@pytest.mark.parametrize("name", list(SAM2_VARIANTS))
def test_size_and_release_are_told_from_names_and_shapes(name: str) -> None:
    with torch.device("meta"):
        state: dict[str, Any] = Sam2(SAM2_VARIANTS[name]).state_dict()
    state |= video()
    if name.startswith("sam2.1"):
        state["no_obj_embed_spatial"] = torch.ones(2)
    assert recognise(state).name == name


def test_weights_without_video_count_as_the_newer_release() -> None:
    with torch.device("meta"):
        state = Sam2(SAM2_VARIANTS["sam2_small"]).state_dict()
    assert recognise(state).name == "sam2.1_small"


def test_misfits_are_said_in_a_sentence(tiny: Any) -> None:
    state = tiny.state_dict()
    lacking = {key: value for key, value in state.items() if "conv_s0" not in key}
    with pytest.raises(ValueError, match=r"lacks 2 of .* sam_mask_decoder\.conv_s0\.weight"):
        load_sam2_state(TINY, lacking)
    with pytest.raises(ValueError, match="1 tensors this model does not have: surplus"):
        load_sam2_state(TINY, {**state, "surplus": torch.zeros(2)})
    four = {**state, "image_encoder.trunk.patch_embed.proj.weight": torch.zeros(8, 4, 7, 7)}
    with pytest.raises(ValueError, match=r"patch_embed.proj.weight is \[8, 4, 7, 7\] instead of \[8, 3, 7, 7\]"):
        load_sam2_state(TINY, four)


def test_other_encoders_and_sizes_are_said(tiny: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="derived from SAM 2, such as EfficientTAM"):
        recognise({"image_encoder.trunk.pos_embed": torch.zeros(1, 9, 8), **video()})
    odd = {known.WINDOWED: torch.zeros(1, 64, 8, 8), "image_encoder.trunk.blocks.0.norm1.weight": torch.zeros(64)}
    with pytest.raises(ValueError, match=r"64 wide and 1 blocks deep; known .* large 144×48"):
        recognise(odd)
    path = tmp_path / "weights.pt"
    torch.save({"model": tiny.state_dict()}, path)
    with pytest.raises(ValueError, match="holds tiny_sam2 weights; SAM or MobileSAM is wanted here"):
        load_checkpoint(path)

"""EdgeTAM's weight files: what loads, and the sentence for what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from sam_backend.build import build_random_sam2  # noqa: E402
from sam_backend.checkpoints import load_checkpoint, load_model, load_sam2_state, recognise  # noqa: E402
from sam_backend.config import EDGETAM_VARIANTS  # noqa: E402
from sam_backend.modeling.sam2 import Sam2  # noqa: E402
from tests.sam_backend.edgetam.tiny import TINY  # noqa: E402

pytestmark = pytest.mark.torch
STEM = "image_encoder.trunk.body.stem.conv2.bn.weight"


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model of a size that only this test knows, recognised like the published one."""
    monkeypatch.setitem(EDGETAM_VARIANTS, "edgetam_toy", TINY)
    return build_random_sam2(TINY, seed=2)


def video() -> dict[str, Any]:
    """Some of what the official file holds besides."""
    names = ("memory_attention.layers.0.norm1.weight", "memory_encoder.out_proj.weight", "maskmem_tpos_enc",
             "no_mem_pos_enc", "no_obj_ptr", "obj_ptr_proj.layers.0.weight", "mask_downsample.weight",
             "spatial_perceiver.latents", "spatial_perceiver.layers.0.attn.to_q.weight")  # fmt: skip
    return {name: torch.ones(2) for name in names}


@pytest.mark.parametrize("kind", ["official", "training", "half", "bfloat", "safetensors"])
def test_a_file_loads(tiny: Any, tmp_path: Path, kind: str) -> None:
    state = tiny.state_dict()
    path = tmp_path / ("weights.safetensors" if kind == "safetensors" else "weights.pt")
    if kind == "safetensors":
        save_file({**state, **video()}, path)
    else:
        dtype = {"half": torch.float16, "bfloat": torch.bfloat16}.get(kind, torch.float32)
        weights = {k: v.to(dtype) if v.is_floating_point() else v for k, v in {**state, **video()}.items()}
        extra = {"optimizer": {"state": {0: {"exp_avg": torch.zeros(3)}}}, "epoch": 3} if kind == "training" else {}
        torch.save({"model": weights, **extra}, path)
    loaded = load_model(path)
    assert isinstance(loaded, Sam2)
    assert loaded.config.family == "edgetam"
    assert set(loaded.state_dict()) == set(state)
    tolerance = {"half": 2e-3, "bfloat": 2e-2}.get(kind, 0.0)
    for key, value in loaded.state_dict().items():
        assert value.dtype == state[key].dtype
        assert torch.allclose(value, state[key], rtol=tolerance, atol=tolerance), key


def test_the_published_size_is_recognised() -> None:
    with torch.device("meta"):
        state: dict[str, Any] = Sam2(EDGETAM_VARIANTS["edgetam"]).state_dict()
    assert recognise({**state, **video()}).name == recognise(state).name == "edgetam"


def test_a_file_without_the_counts_of_training_batches_loads(tiny: Any) -> None:
    """Tools that fold or thin weights leave them out; they say nothing of a trained model."""
    state = {key: value for key, value in tiny.state_dict().items() if not key.endswith("num_batches_tracked")}
    assert len(state) < len(tiny.state_dict())
    assert load_sam2_state(TINY, state).config is TINY


def test_misfits_are_said_in_a_sentence(tiny: Any) -> None:
    state = tiny.state_dict()
    gate = "image_encoder.trunk.body.stages_0.blocks.0.se.fc1"
    lacking = {key: value for key, value in state.items() if not key.startswith(gate)}
    with pytest.raises(ValueError, match=rf"lacks 2 of .* {gate}\.weight"):
        load_sam2_state(TINY, lacking)
    with pytest.raises(ValueError, match="1 tensors this model does not have: surplus"):
        load_sam2_state(TINY, {**state, "surplus": torch.zeros(2)})
    four = {**state, "image_encoder.trunk.body.stem.conv1.c.weight": torch.zeros(4, 4, 3, 3)}
    with pytest.raises(ValueError, match=r"stem.conv1.c.weight is \[4, 4, 3, 3\] instead of \[4, 3, 3, 3\]"):
        load_sam2_state(TINY, four)
    with pytest.raises(ValueError, match="not finite"):
        load_sam2_state(TINY, {**state, STEM: torch.full((8,), float("nan"))})


def test_other_sizes_and_wishes_are_said(tiny: Any, tmp_path: Path) -> None:
    state = tiny.state_dict()
    with pytest.raises(ValueError, match=r"12 wide and 7 blocks deep; known .* edgetam 48×20"):
        recognise({**state, STEM: torch.zeros(12)})
    with pytest.raises(ValueError, match=f"This is an EdgeTAM checkpoint, but not the whole of one: {STEM} is missing"):
        recognise(video())
    path = tmp_path / "weights.pt"
    torch.save({"model": state}, path)
    with pytest.raises(ValueError, match="holds tiny_edgetam weights; SAM or MobileSAM is wanted here"):
        load_checkpoint(path)

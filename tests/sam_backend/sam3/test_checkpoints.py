"""SAM 3's weight files: what loads, and the sentence for what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from safetensors.torch import save_file  # noqa: E402

from sam_backend.build import build_random_sam2  # noqa: E402
from sam_backend.checkpoints import load_checkpoint, load_model, load_sam2_state, recognise  # noqa: E402
from sam_backend.checkpoints.sam3 import to_official_sam3  # noqa: E402
from sam_backend.config import SAM3_VARIANTS  # noqa: E402
from sam_backend.modeling.sam2 import Sam2  # noqa: E402
from tests.sam_backend.sam3.layouts import ENCODER, as_authors, detector  # noqa: E402
from tests.sam_backend.sam3.published import published  # noqa: E402
from tests.sam_backend.sam3.tiny import TINY  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A model of a size that only this test knows, recognised like the published one."""
    monkeypatch.setitem(SAM3_VARIANTS, "sam3_toy", TINY)
    return build_random_sam2(TINY, seed=2)


@pytest.mark.parametrize("kind", ["authors", "of pictures", "training", "half", "bfloat", "ours"])
def test_a_file_loads(tiny: Any, tmp_path: Path, kind: str) -> None:
    state = tiny.state_dict()
    path = tmp_path / ("weights.safetensors" if kind == "ours" else "sam3.pt")
    if kind == "ours":
        save_file(state, path)
    else:
        weights = as_authors(torch, state)
        if kind == "of pictures":  # what the authors' model of pictures saves
            weights = {
                name.removeprefix("detector.").replace("tracker.", "inst_interactive_predictor.model."): value
                for name, value in weights.items()
            }
        dtype = {"half": torch.float16, "bfloat": torch.bfloat16}.get(kind, torch.float32)
        weights = {k: v.to(dtype) if v.is_floating_point() else v for k, v in weights.items()}
        torch.save({"model": weights, "epoch": 3} if kind == "training" else weights, path)
    loaded = load_model(path)
    assert isinstance(loaded, Sam2)
    assert loaded.config.family == "sam3"
    assert set(loaded.state_dict()) == set(state)
    tolerance = {"half": 2e-3, "bfloat": 2e-2}.get(kind, 0.0)
    for key, value in loaded.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.allclose(value, state[key], rtol=tolerance, atol=tolerance), key


@pytest.mark.parametrize("saved", [False, True])
def test_the_published_file_of_transformers_loads(tiny: Any, tmp_path: Path, saved: bool) -> None:
    """Detector and tracker together, named as transformers' own model of both names them; saving doubles some names."""
    both = published(torch, transformers, seed=5)
    if saved:
        both.save_pretrained(tmp_path)
        loaded = load_model(tmp_path / "model.safetensors").state_dict()
        official = to_official_sam3(both.state_dict())
        assert all(torch.equal(value, official[name]) for name, value in loaded.items())
        return
    found = load_sam2_state(TINY, to_official_sam3(both.state_dict())).state_dict()
    wanted = both.tracker_model.state_dict()
    assert torch.equal(found["no_mem_embed"], wanted["no_memory_embedding"])
    assert torch.equal(found["sam_mask_decoder.conv_s0.weight"], wanted["mask_decoder.conv_s0.weight"])
    neck = both.tracker_neck.state_dict()
    assert torch.equal(found["image_encoder.sam2_convs.0.dconv_2x2_1.bias"], neck["fpn_layers.0.scale_layers.2.bias"])
    block = both.detector_model.vision_encoder.backbone.layers[1].attention
    whole = torch.cat([block.q_proj.weight, block.k_proj.weight, block.v_proj.weight])
    assert torch.equal(found["image_encoder.trunk.blocks.1.attn.qkv.weight"], whole)
    assert recognise(both.state_dict()) is TINY


@pytest.mark.parametrize("known", [True, False])
def test_the_published_size_is_recognised(known: bool) -> None:
    with torch.device("meta"):
        state: dict[str, Any] = Sam2(SAM3_VARIANTS["sam3"]).state_dict()
    if known:
        assert recognise(as_authors(torch, state)).name == recognise(state).name == "sam3"
        return
    state["image_encoder.trunk.ln_pre.weight"] = torch.zeros(768)
    with pytest.raises(ValueError, match=r"768 wide and 32 blocks deep; known \(width×depth\): sam3 1024×32"):
        recognise(state)


def test_without_the_tracker_a_sentence_says_what_is_there(tiny: Any) -> None:
    state = as_authors(torch, tiny.state_dict())
    alone = {name: value for name, value in state.items() if not name.startswith("tracker.")}
    with pytest.raises(ValueError, match=r"tracker, which answers clicks, is missing.*can be asked in words: add the"):
        recognise(alone)
    with pytest.raises(ValueError, match="tracker, which answers clicks, is missing"):
        recognise(published(torch, transformers, seed=5).detector_model.state_dict())


def test_relatives_are_named(tiny: Any, tmp_path: Path) -> None:
    state = tiny.state_dict()
    newer = {name.replace("sam2_convs", "interactive_convs"): value for name, value in as_authors(torch, state).items()}
    with pytest.raises(ValueError, match=r"It is SAM 3\.1, whose tracker .* is not supported"):
        recognise(newer)
    other = {name: value for name, value in as_authors(torch, state).items() if not name.startswith(f"{ENCODER}trunk")}
    with pytest.raises(ValueError, match=r"not with SAM 3's image encoder \(trunk\.ln_pre\.weight is missing\)"):
        recognise(other)
    path = tmp_path / "sam3.pt"
    torch.save({"model": as_authors(torch, state)}, path)
    with pytest.raises(ValueError, match="holds tiny_sam3 weights; SAM or MobileSAM is wanted here"):
        load_checkpoint(path)


def test_misfits_are_said_in_a_sentence(tiny: Any) -> None:
    state = tiny.state_dict()
    lacking = {key: value for key, value in state.items() if "sam2_convs.0" not in key}
    with pytest.raises(ValueError, match=r"lacks 8 of .* image_encoder\.sam2_convs\.0\.dconv_2x2_0\.weight"):
        load_sam2_state(TINY, to_official_sam3(lacking))
    with pytest.raises(ValueError, match=r"1 tensors this model does not have: sam_mask_decoder\.surplus"):
        load_sam2_state(TINY, to_official_sam3({**state, "sam_mask_decoder.surplus": torch.zeros(2)}))
    four = {**state, "image_encoder.trunk.patch_embed.proj.weight": torch.zeros(48, 4, 14, 14)}
    with pytest.raises(ValueError, match=r"patch_embed.proj.weight is \[48, 4, 14, 14\] instead of \[48, 3, 14, 14\]"):
        load_sam2_state(TINY, to_official_sam3(four))
    odd = {**state, "image_encoder.trunk.pos_embed": torch.full((1, 4, 48), float("nan"))}
    with pytest.raises(ValueError, match="not finite"):
        load_sam2_state(TINY, to_official_sam3(odd))


def test_the_detectors_tensors_are_left_alone(tiny: Any) -> None:
    assert not set(to_official_sam3(as_authors(torch, tiny.state_dict()))) & set(detector(torch))

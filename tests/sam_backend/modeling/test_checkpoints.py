"""Weight files: what loads, and the sentence for what does not."""

from __future__ import annotations

import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from sam_backend.build import build_random  # noqa: E402
from sam_backend.checkpoints import load_checkpoint, load_state, read_weights, recognise  # noqa: E402
from sam_backend.config import VARIANTS, TinyVitConfig  # noqa: E402
from sam_backend.modeling import Sam  # noqa: E402
from tests.sam_backend.modeling.tiny import TINY_VIT, VIT  # noqa: E402

pytestmark = pytest.mark.torch
PARITY = Path(os.environ.get("MASKWRIGHT_PARITY", "../shared/anchors/parity"))


@pytest.fixture(scope="module")
def mobile() -> Any:
    return build_random(VARIANTS["mobile_sam"], seed=1)


@pytest.mark.parametrize("name", list(VARIANTS))
def test_names_and_shapes_are_the_official_ones(name: str) -> None:
    keys = PARITY / f"{name}.keys.json"
    if not keys.is_file():
        pytest.skip(f"no official key list at {keys}; set MASKWRIGHT_PARITY")
    with torch.device("meta"):
        state = Sam(VARIANTS[name]).state_dict()
    assert {key: list(value.shape) for key, value in state.items()} == json.loads(keys.read_text())


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_loads_unchanged(mobile: Any, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"weights{suffix}"
    state = mobile.state_dict()
    save_file(state, path) if suffix == ".safetensors" else torch.save(state, path)
    loaded = load_checkpoint(path)
    assert loaded.config.name == "mobile_sam"
    assert all(torch.equal(value, state[key]) for key, value in loaded.state_dict().items())


@pytest.mark.parametrize("wrap", [lambda s: {"model": s, "epoch": 3}, lambda s: {"state_dict": s}])
@pytest.mark.parametrize("prefix", ["", "module.", "sam_model.", "module.sam."])
def test_training_wrappers_come_off(mobile: Any, tmp_path: Path, wrap: Any, prefix: str) -> None:
    path = tmp_path / "finetune.pth"
    torch.save(wrap({prefix + key: value for key, value in mobile.state_dict().items()}), path)
    assert load_checkpoint(path).config.name == "mobile_sam"


def test_half_precision_files_load_as_float32(mobile: Any, tmp_path: Path) -> None:
    path = tmp_path / "half.pth"
    torch.save({k: v.half() if v.is_floating_point() else v for k, v in mobile.state_dict().items()}, path)
    assert all(v.dtype != torch.float16 for v in load_checkpoint(path).state_dict().values())


def weights_as(state: Any, change: Any) -> Any:
    return {key: change(value) if value.is_floating_point() else value for key, value in state.items()}


def test_a_file_of_an_optimiser_alone_says_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "last.pth"
    torch.save({"optimizer": {"state": {0: {"exp_avg": torch.rand(3)}}}, "epoch": 3}, path)
    with pytest.raises(ValueError, match=r"no tensors, neither .* under model, .*; it has optimizer, epoch\. Save"):
        read_weights(path)


@pytest.mark.parametrize(("change", "kind"), [
    (lambda value: (value * 100).to(torch.int8), "int8"),
    (lambda value: value.to(torch.float8_e4m3fn), "float8_e4m3fn"),
    (lambda value: value.to(torch.complex64), "complex64"),
    (lambda value: value.to_sparse(), "sparse_coo"),
    (lambda value: value.to("meta"), "without values"),
])  # fmt: skip
def test_quantised_and_packed_weights_are_refused(change: Any, kind: str) -> None:
    state = weights_as(build_random(VIT, seed=1).state_dict(), change)
    with pytest.raises(ValueError, match=f"quantised or packed: .* is {kind}.*Save them as plain float16"):
        load_state(VIT, state)


def test_weights_for_another_picture_size_say_so() -> None:
    state = build_random(VIT, seed=1).state_dict()
    state["image_encoder.pos_embed"] = state["image_encoder.pos_embed"][:, :4, :4]
    said = f"made for pictures of {4 * 16} pixels; Maskwright takes this model at {VIT.input_size} alone"
    with pytest.raises(ValueError, match=said):
        load_state(VIT, state)


def test_the_classifier_may_be_missing(mobile: Any, tmp_path: Path) -> None:
    path = tmp_path / "trimmed.pth"
    unused = ("image_encoder.head.", "image_encoder.norm_head.")
    torch.save({k: v for k, v in mobile.state_dict().items() if not k.startswith(unused)}, path)
    assert load_checkpoint(path).config.name == "mobile_sam"


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("kept", [0, 100, 30000])
def test_a_truncated_file_is_refused(mobile: Any, tmp_path: Path, suffix: str, kept: Any) -> None:
    path = tmp_path / f"cut{suffix}"
    state = mobile.state_dict()
    save_file(state, path) if suffix == ".safetensors" else torch.save(state, path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match="not a complete"):
        read_weights(path)


def test_a_file_with_code_is_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (os.system, (f"touch {tmp_path}/ran",))

    path = tmp_path / "trap.pth"
    torch.save({"model": Trap()}, path)
    with pytest.raises(ValueError, match="more than tensors"):
        read_weights(path)
    assert not (tmp_path / "ran").exists()


def test_a_bare_pickle_with_code_is_not_run_either(tmp_path: Path) -> None:
    path = tmp_path / "trap.pth"
    path.write_bytes(pickle.dumps({"x": Path("/")}, protocol=2))
    with pytest.raises(ValueError, match="more than tensors"):
        read_weights(path)


def test_a_file_that_unpacks_to_much_more_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb/data/0", bytes(1 << 20))
    with pytest.raises(ValueError, match="would unpack to 1,048,576 bytes"):
        read_weights(path)


def test_a_text_file_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "page.pth").write_text("<html>404</html>")
    with pytest.raises(ValueError, match="not a complete PyTorch weight file"):
        read_weights(tmp_path / "page.pth")
    with pytest.raises(ValueError, match="no weight file"):
        read_weights(tmp_path / "nowhere.pth")


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (["image_encoder.trunk.blocks.0.norm1.weight", "sam_mask_decoder.hf_token.weight"], "an HQ-SAM 2 checkpoint"),
        (["spatial_perceiver.latents", "image_encoder.trunk.body.stem.weight"], "an EdgeTAM checkpoint"),
        (["mask_decoder.final_output_upscaling_layers.0.weight"], "an EfficientSAM checkpoint"),
        (["detector.backbone.vision_backbone.trunk.pos_embed"], "SAM 3"),
        (["detector_model.vision_encoder.x", "tracker_model.y"], "SAM 3"),
        (["image_encoder.backbone.input_stem.op_list.0.conv.weight"], "EfficientViT"),
        (["conv1.weight", "fc.bias"], r"no SAM checkpoint: none of its tensors \(2\) is .* is called 'conv1.weight'"),
    ],
)
def test_other_families_are_named(names: Any, what: Any) -> None:
    with pytest.raises(ValueError, match=what):
        recognise({name: torch.zeros(1) for name in names})


@pytest.mark.parametrize(
    ("variant", "missing"), [("mobile_sam", "seq.0.c.weight"), ("vit_b", "patch_embed.proj.weight")]
)
def test_a_checkpoint_that_lacks_its_first_tensors_is_still_recognised(variant: Any, missing: Any) -> None:
    with torch.device("meta"):
        state = Sam(VARIANTS[variant]).state_dict()
    rest = {name: value for name, value in state.items() if not name.endswith(missing)}
    assert len(rest) == len(state) - 1
    assert recognise(rest) == VARIANTS[variant]
    with pytest.raises(ValueError, match=rf"lacks 1 of {len(state)} tensors: .*{missing}"):
        load_state(VARIANTS[variant], rest)


def test_misfits_are_said_in_a_sentence() -> None:
    state = build_random(VIT).state_dict()
    lacking = {k: v for k, v in state.items() if not k.startswith("mask_decoder.iou")}
    with pytest.raises(ValueError, match=r"lacks 7 of .* mask_decoder\.iou_token\.weight"):
        load_state(VIT, lacking)
    with pytest.raises(ValueError, match="1 tensors this model does not have: surplus"):
        load_state(VIT, {**state, "surplus": torch.zeros(2)})
    with pytest.raises(ValueError, match=r"pos_embed is \[1, 2, 2, 32\] instead of \[1, 9, 9, 32\]"):
        load_state(VIT, {**state, "image_encoder.pos_embed": torch.zeros(1, 2, 2, 32)})
    with pytest.raises(ValueError, match="not finite"):
        load_state(VIT, {**state, "mask_decoder.iou_token.weight": torch.full((1, 32), float("nan"))})


def test_the_wrong_variant_is_said(mobile: Any, tmp_path: Path) -> None:
    path = tmp_path / "mobile.pth"
    torch.save(mobile.state_dict(), path)
    with pytest.raises(ValueError, match="holds mobile_sam weights, not vit_b"):
        load_checkpoint(path, "vit_b")


def test_tiny_vit_runs_at_any_size() -> None:
    assert isinstance(TINY_VIT.encoder, TinyVitConfig)
    with torch.no_grad():
        assert build_random(TINY_VIT).encode(torch.rand(2, 3, 144, 144) * 255).shape == (2, 32, 9, 9)

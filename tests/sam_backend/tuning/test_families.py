"""The decoder out of a package, and back into one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from sam_backend import ModelPackage
from sam_backend.build import build_random
from sam_backend.package import write_manifest
from sam_backend.tuning import TuneError
from sam_backend.tuning.families import load_tunable
from sam_backend.tuning.weights import patch_weights
from tests.sam_backend.tuning.made import SAM, sam_package

pytestmark = pytest.mark.torch


def test_sams_weights_are_read_back_from_its_graph_to_the_bit(tiny_sam: ModelPackage) -> None:
    assert "weights.safetensors" not in tiny_sam.manifest.files
    expected = build_random(SAM).state_dict()
    for name, value in load_tunable(tiny_sam, "cpu").module.state_dict().items():
        assert torch.equal(value, expected[name]), name


def test_the_weights_file_is_taken_where_there_is_one(tmp_path: Path) -> None:
    package = sam_package(tmp_path / "with", weights=True)
    expected = build_random(SAM).state_dict()
    state = load_tunable(package, "cpu").module.state_dict()
    assert all(torch.equal(value, expected[name]) for name, value in state.items())


def test_a_graph_that_computes_something_else_is_refused(tiny_sam: ModelPackage, tmp_path: Path) -> None:
    package = sam_package(tmp_path / "odd", weights=True)
    path = package.path / "weights.safetensors"
    state = load_file(path)
    state["mask_decoder.iou_token.weight"] = state["mask_decoder.iou_token.weight"] + 1
    save_file(state, path)
    with pytest.raises(TuneError, match="do not compute what its graph does"):
        load_tunable(write_manifest(package.path, package.manifest), "cpu")


def test_a_compact_package_without_weights_is_refused(tiny_compact: ModelPackage) -> None:
    manifest = replace(tiny_compact.manifest, files={"encoder.onnx": tiny_compact.manifest.files["encoder.onnx"]})
    with pytest.raises(TuneError, match=r"comes without weights\.safetensors"):
        load_tunable(replace(tiny_compact, manifest=manifest), "cpu")


def test_another_family_is_refused_by_name(tiny_sam: ModelPackage) -> None:
    other = replace(tiny_sam, manifest=replace(tiny_sam.manifest, family="sam9"))
    with pytest.raises(
        TuneError, match="is of the family 'sam9', which cannot be tuned yet; possible are compact, sam"
    ):
        load_tunable(other, "cpu")


def test_other_bytes_of_a_weights_file_stay_in_place(tmp_path: Path) -> None:
    source, target = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    save_file({"kept": np.arange(6, dtype=np.float32), "half": np.ones((2, 3), np.float16)}, source)
    patch_weights(source, target, {"half": np.full((2, 3), 0.5, np.float32)})
    assert load_file(target)["kept"].tolist() == list(range(6))
    assert load_file(target)["half"].tolist() == [[0.5] * 3] * 2
    assert len(target.read_bytes()) == len(source.read_bytes())
    for wrong in ({"half": np.ones(6, np.float32)}, {"other": np.ones(1, np.float32)}):
        with pytest.raises(ValueError, match="has no tensor"):
            patch_weights(source, target, wrong)


def test_training_smooths_as_the_graph_does() -> None:
    from sam_backend.modeling.compact.upscale import MaskUpscale

    upscale, nested = MaskUpscale(16), torch.randn(2, 6 * 4 * 16, 3)
    torch.testing.assert_close(upscale.train().unfold(nested, 6, 4), upscale.eval().unfold(nested, 6, 4))

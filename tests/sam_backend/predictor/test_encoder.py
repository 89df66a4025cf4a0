"""Which backend encodes: chosen by what is there, and told."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend import encoder as encoder_module
from sam_backend.encoder import PackageEncoder


class Gpu:
    device, dtype = "gpu:0", "half"

    def batch_size(self) -> int:
        return 7

    def encode_all(self, pictures: Any) -> Iterator[Any]:
        for picture in pictures:
            yield picture[:, :1]


@pytest.fixture
def package(tmp_path: Path) -> SimpleNamespace:
    """What the choice looks at: a package of SAM's family that carries weights."""
    manifest = SimpleNamespace(
        name="Mine", family="sam", files={"weights.safetensors": None}, embedding=[SimpleNamespace(name="embedding")]
    )
    return SimpleNamespace(manifest=manifest, path=tmp_path, file=lambda graph: tmp_path / graph)


@pytest.fixture
def torch_loads(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Let torch seem to be there; returns how to say what loading a model gives."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    asked = []

    def loads(made: Any) -> Any:
        def load_encoder(weights: Any, device: str, compiled: Any) -> Any:
            asked.append((weights.name, device, compiled))
            if isinstance(made, Exception):
                raise made
            return made

        monkeypatch.setattr(importlib, "import_module", lambda name: SimpleNamespace(load_encoder=load_encoder))
        return asked

    return loads


def test_a_gpu_takes_whole_batches(
    package: SimpleNamespace, torch_loads: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_module, "_may_have_gpu", lambda: True)
    asked = torch_loads(Gpu())
    encoder = PackageEncoder(package, 1, compiled=True)
    assert (encoder.backend, encoder.batch_size()) == ("torch gpu:0 half", 7)
    (out,) = encoder.run_all([np.ones((1, 3, 8, 8), np.float32)])
    assert out["embedding"].shape == (1, 1, 8, 8)
    assert asked == [("weights.safetensors", None, True)]


def test_without_a_gpu_torch_is_not_even_imported(
    package: SimpleNamespace, torch_loads: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_module, "_may_have_gpu", lambda: False)
    asked = torch_loads(Gpu())
    encoder = PackageEncoder(package, 1)
    assert (encoder.backend, encoder.batch_size(), asked) == ("onnxruntime", 1, [])


def test_a_gpu_that_cannot_take_the_model_leaves_it_to_the_processor(
    package: SimpleNamespace,
    torch_loads: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(encoder_module, "_may_have_gpu", lambda: True)
    torch_loads(RuntimeError("CUDA driver version is insufficient"))
    assert PackageEncoder(package, 1).backend == "onnxruntime"
    assert "Mine is encoded on the processor" in caplog.text
    with pytest.raises(ValueError, match="cannot be loaded on cuda"):
        _ = PackageEncoder(package, 1, device="cuda").backend


@pytest.mark.parametrize("change", [{"files": {}}, {"family": "another"}])
def test_a_package_without_weights_that_torch_knows_runs_on_onnxruntime(
    package: SimpleNamespace, torch_loads: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    monkeypatch.setattr(encoder_module, "_may_have_gpu", lambda: True)
    torch_loads(Gpu())
    vars(package.manifest).update(change)
    assert PackageEncoder(package, 1).backend == "onnxruntime"


def test_the_compact_model_says_what_encodes_it() -> None:
    predictor = Predictor(load_package(compact_package_path()))
    assert (predictor.backend, predictor.batch_size()) == ("onnxruntime", 1)

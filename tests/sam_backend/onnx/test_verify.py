"""A package is compared with its model before anyone relies on it."""

from __future__ import annotations

import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend import Predictor  # noqa: E402
from sam_backend.build import build_random  # noqa: E402
from sam_backend.checkpoints import load_state, read_weights  # noqa: E402
from sam_backend.cli import main  # noqa: E402
from sam_backend.config import VARIANTS  # noqa: E402
from sam_backend.encoder import PackageEncoder  # noqa: E402
from sam_backend.onnx.comparison import relative_norm  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from sam_backend.onnx.verify import verify_package  # noqa: E402
from sam_backend.package import load_package, write_manifest  # noqa: E402
from tests.sam_backend.modeling.tiny import VIT  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Any:
    model = build_random(VIT, seed=1)
    return model, export_package(model, tmp_path_factory.mktemp("p") / "tiny", PackageInfo("tiny"), weights=True)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of the same shape with other weights."""
    return export_package(build_random(VIT, seed=2), tmp_path_factory.mktemp("o") / "other", PackageInfo("other"))


@pytest.fixture(scope="module")
def smallest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest official shape, brought from a checkpoint to a package by the command line."""
    folder = tmp_path_factory.mktemp("s")
    torch.save(build_random(VARIANTS["mobile_sam"], seed=1).state_dict(), folder / "my_finetune.pth")
    command = ["export", str(folder / "my_finetune.pth"), str(folder / "package"), "--licence", "MIT", "--weights"]
    with redirect_stdout(StringIO()) as said:
        assert main(command) == 0
    assert "FAIL" not in said.getvalue()
    return folder / "package"


def test_a_good_package_passes(exported: Any) -> None:
    assert [c.what.split()[0] for c in verify_package(*exported)] == [
        "encoder", "decode", "decode_fast", "decode", "decode_fast",
    ]  # fmt: skip


def test_its_weights_are_the_model(exported: Any) -> None:
    model, folder = exported
    again = load_state(VIT, read_weights(folder / "weights.safetensors")).state_dict()
    assert all(torch.equal(value, again[name]) for name, value in model.state_dict().items())


@pytest.mark.parametrize("graph", ["encoder.onnx", "decode.onnx", "decode_fast.onnx"])
def test_a_graph_of_other_weights_is_refused(exported: Any, other: Path, tmp_path: Path, graph: Any) -> None:
    model, folder = exported
    mixed = shutil.copytree(folder, tmp_path / "mixed")
    shutil.copy(other / graph, mixed / graph)
    write_manifest(mixed, load_package(folder).manifest)
    with pytest.raises(ValueError, match=f"differ from the model.*{graph.removesuffix('.onnx')} "):
        verify_package(model, mixed)


@pytest.mark.slow
def test_command_line(smallest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = load_package(smallest).manifest
    assert (manifest.name, manifest.family, manifest.licence) == ("my_finetune", "mobile_sam", "MIT")
    assert main(["export", str(tmp_path / "none.pth"), str(tmp_path / "other")]) == 2
    assert "no weight file" in capsys.readouterr().err


@pytest.mark.slow
def test_a_package_with_weights_can_encode_in_torch(smallest: Path) -> None:
    """On a GPU worker PyTorch encodes, in batches; here it is made to on the CPU, and must give the same."""
    package = load_package(smallest)
    random = np.random.default_rng(0)
    photos = [random.integers(0, 256, (height, 90, 3), np.uint8) for height in (60, 120)]
    torch_embeddings = list(Predictor(package, device="cpu").encode_all(photos))
    assert PackageEncoder(package, 2, "cpu").backend == "torch cpu torch.float32"
    predictor = Predictor(package)
    for photo, embedding in zip(photos, torch_embeddings, strict=True):
        expected = predictor.encode(photo)
        assert embedding.original_size == expected.original_size == photo.shape[:2]
        assert relative_norm(embedding.tensors["embedding"], expected.tensors["embedding"]) < 1e-4

"""Torch against the exported graphs, and the package they come in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend import Predictor, load_package  # noqa: E402
from sam_backend.build import build_random  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from sam_backend.onnx.graphs import example_embedding, example_prompts  # noqa: E402
from sam_backend.sessions.options import open_session, session_options  # noqa: E402
from sam_backend.transforms import prepare_image  # noqa: E402
from tests.sam_backend.modeling.tiny import TINY_VIT, VIT  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module", params=[VIT, TINY_VIT], ids=lambda config: config.name)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(model, package folder)."""
    model = build_random(request.param, seed=5)
    info = PackageInfo("tiny", licence="Apache-2.0", training_data=("noise",))
    return model, export_package(model, tmp_path_factory.mktemp("packages") / "tiny", info)


def _close(ours: Any, theirs: Any, tolerance: float = 2e-5) -> None:
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= tolerance * theirs.std()


@torch.no_grad()
def test_encoder(exported: Any) -> None:
    model, folder = exported
    size = model.config.input_size
    image = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(1)) * 255
    (embedding,) = open_session(folder / "encoder.onnx").run(None, {"image": image.numpy()})
    _close(embedding, model.encode(image).numpy())


@torch.no_grad()
@pytest.mark.parametrize(("batch", "points"), [(1, 1), (1, 2), (4, 3), (2, 40)])
@pytest.mark.parametrize("flags", ["none", "all", "mixed"])
def test_decoder(exported: Any, batch: Any, points: Any, flags: Any) -> None:
    model, folder = exported
    torch.manual_seed(batch * 100 + points)
    coords, labels, mask, ones = example_prompts(model, batch, points)
    has_mask = {"none": ones * 0, "all": ones, "mixed": torch.arange(batch).float() % 2}[flags]
    embedding = example_embedding(model)
    session = open_session(folder / "decode.onnx")
    feeds = {
        "embedding": embedding, "point_coords": coords, "point_labels": labels,
        "mask_input": mask, "has_mask_input": has_mask,
    }  # fmt: skip
    logits, iou = session.run(["logits", "iou"], {name: value.numpy() for name, value in feeds.items()})
    expected = model.decode(embedding, coords, labels, mask, has_mask)
    _close(logits, expected[0].numpy())
    assert np.abs(iou - expected[1].numpy()).max() < 1e-5


def test_manifest(exported: Any) -> None:
    model, folder = exported
    manifest = load_package(folder).manifest  # checks every hash
    assert manifest.family == model.config.family
    assert manifest.input.size == manifest.decoder.point_frame == model.config.input_size
    assert manifest.input.pad_value == model.config.pixel_mean
    assert manifest.embedding[0].shape == example_embedding(model).shape
    assert {graph.file for graph in manifest.graphs.values()} == set(manifest.files)
    for name in ("prepare", "decode_fast"):
        graph, session = manifest.graphs[name], open_session(folder / manifest.graphs[name].file)
        assert graph.inputs == tuple(entry.name for entry in session.get_inputs())
        assert graph.outputs == tuple(entry.name for entry in session.get_outputs())


def test_the_padding_is_zero_after_normalisation(exported: Any) -> None:
    """SAM normalises first and pads with zeros then; a package pads with the mean, unrounded."""
    model, folder = exported
    spec = load_package(folder).manifest.input
    picture = prepare_image(np.full((40, 80, 3), 200, np.uint8), spec.size, spec.pad_value)
    assert not (picture[:, :, spec.size // 2 :] - model.pixel_mean.numpy()).any()


def test_the_predictor_answers_alike_with_either_decoder(exported: Any) -> None:
    """The first prompt on a picture goes to the plain graph, the second to the fast one."""
    _, folder = exported
    predictor = Predictor(load_package(folder))
    predictor.set_image(np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8))
    prompts = {"points": [[20, 30], [70.5, 10]], "labels": [1, 0]}
    plain, fast = predictor.predict(**prompts), predictor.predict(**prompts)
    _close(fast.logits, plain.logits)
    assert not np.array_equal(fast.logits, plain.logits)  # two different graphs answered
    box = {"box": [5, 5, 60, 50], "mask_input": plain.logits[plain.best]}
    again = Predictor(load_package(folder))
    again.set_image(np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8))
    _close(predictor.predict(**box).logits, again.predict(**box).logits)


def test_a_used_folder_is_refused(exported: Any, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("keep me")
    with pytest.raises(ValueError, match="not an empty folder"):
        export_package(exported[0], tmp_path, PackageInfo("tiny"))
    assert (tmp_path / "precious.txt").read_text() == "keep me"


def test_a_truncated_graph_is_refused(exported: Any, tmp_path: Path) -> None:
    cut = tmp_path / "cut.onnx"
    cut.write_bytes((exported[1] / "decode.onnx").read_bytes()[:5000])
    with pytest.raises(ValueError, match="not a complete ONNX graph"):
        open_session(cut)
    with pytest.raises(ValueError, match="no ONNX graph"):
        open_session(tmp_path / "none.onnx")


def test_session_options() -> None:
    with pytest.raises(ValueError, match="at least one thread"):
        session_options(0)
    assert not session_options(2, spare_memory=True).enable_cpu_mem_arena

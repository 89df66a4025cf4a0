"""A checkpoint without export answers as the package made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend import Embedding, Predictor, load_package  # noqa: E402
from sam_backend.build import build_random  # noqa: E402
from sam_backend.checkpoint_predictor import CheckpointPredictor, load_predictor  # noqa: E402
from sam_backend.onnx.export import PackageInfo, export_package  # noqa: E402
from tests.sam_backend.modeling.tiny import VIT  # noqa: E402

pytestmark = pytest.mark.torch
PHOTO = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)


@pytest.fixture(scope="module")
def model() -> Any:
    return build_random(VIT, seed=3)


@pytest.fixture(scope="module")
def exported(model: Any, tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    """The package made of it, with the photo set."""
    folder = tmp_path_factory.mktemp("exported") / "tiny"
    package = Predictor(load_package(export_package(model, folder, PackageInfo("tiny"))))
    package.set_image(PHOTO)
    return package


@pytest.mark.parametrize(
    "prompt",
    [
        {"points": [[40, 30]], "labels": [1]},
        {"points": [[40, 30], [10, 10]], "labels": [1, 0]},
        {"box": (10, 10, 70, 50)},
        {"points": [[40, 30]], "labels": [1], "mask_input": np.full((36, 36), 2.0)},
    ],
)
def test_it_answers_as_the_package_does(model: Any, exported: Predictor, prompt: Any) -> None:
    direct = CheckpointPredictor(model)
    direct.set_image(PHOTO)
    expected, answer = exported.predict(**prompt), direct.predict(**prompt)
    assert np.abs(answer.logits - expected.logits).max() < 1e-3 * expected.logits.std()
    np.testing.assert_allclose(answer.scores, expected.scores, atol=1e-4)
    assert answer.mask().shape == (60, 90)
    with pytest.raises(ValueError, match="another encoder"):
        exported.set_embedding(direct.encode(PHOTO))


def test_embeddings_fit_the_same_weights_and_no_others(model: Any) -> None:
    blob = CheckpointPredictor(model).encode(PHOTO).to_bytes()
    again = CheckpointPredictor(build_random(VIT, seed=3))
    again.set_embedding(Embedding.from_bytes(blob))
    assert again.predict([[40, 30]], [1]).logits.shape == (4, 36, 36)
    with pytest.raises(ValueError, match="another encoder"):
        CheckpointPredictor(build_random(VIT, seed=4)).set_embedding(Embedding.from_bytes(blob))


def test_a_damaged_file_is_refused_with_the_loaders_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.pth").write_bytes(b"x")
    with pytest.raises(ValueError, match="not a complete PyTorch weight file"):
        load_predictor(tmp_path / "a.pth")

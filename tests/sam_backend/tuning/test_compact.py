"""The compact family, whose graphs borrow weights from one file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sam_backend import Embedding, ModelPackage, Predictor, load_package
from sam_backend.tuning import tune
from tests.sam_backend.tuning.made import QUICK, discs

pytestmark = [pytest.mark.torch, pytest.mark.slow]


def test_a_compact_model_is_tuned_and_encodes_as_before(tiny_compact: ModelPackage, tmp_path: Path) -> None:
    examples = discs(tiny_compact, 5, 2)
    report = tune(
        tiny_compact, examples, tmp_path / "out", options=replace(QUICK, steps=4, most_measured=1, learning_rate=1e-2)
    )
    assert report.written
    package = load_package(tmp_path / "out")
    assert package.encoder_sha256 == tiny_compact.encoder_sha256
    image = np.random.default_rng(0).integers(0, 255, (60, 80, 3), np.uint8)
    old, new = (Predictor(one, threads=1) for one in (tiny_compact, package))
    before, after = old.encode(image), new.encode(image)
    for name, tensor in before.tensors.items():
        np.testing.assert_array_equal(tensor, after.tensors[name])
    stored = examples[0].embedding()
    assert stored is not None
    new.set_embedding(Embedding.from_bytes(stored))
    plain, fast = (new.predict([(30, 30)], [1]).logits for _ in range(2))
    np.testing.assert_allclose(plain, fast, atol=1e-3 * plain.std())

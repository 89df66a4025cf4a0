"""Our SAM computes the official one's outputs; and the check would notice if it did not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from sam_backend.cli import main  # noqa: E402
from sam_backend.onnx.comparison import Comparison, flipped, relative_peak  # noqa: E402
from sam_backend.parity.check import check_outputs  # noqa: E402
from sam_backend.parity.reference import reference_image, rule_weights  # noqa: E402

pytestmark = pytest.mark.torch
FOLDER = Path(os.environ.get("MASKWRIGHT_PARITY", "../shared/anchors/parity"))


def _need_folder() -> None:
    if not (FOLDER / "vit_b.npz").is_file():
        pytest.skip(f"no reference outputs in {FOLDER}; set MASKWRIGHT_PARITY to the folder that holds them")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobile_sam", "vit_b"])
def test_outputs_match_the_official_code(name: str) -> None:
    _need_folder()
    failed = [str(comparison) for comparison in check_outputs(FOLDER, name) if not comparison.ok]
    assert not failed


def test_command_line_compares_names_and_shapes(capsys: pytest.CaptureFixture[str]) -> None:
    _need_folder()
    assert main(["parity", str(FOLDER), "--keys-only"]) == 0
    assert "4 comparisons, 0 out of tolerance" in capsys.readouterr().out


def test_exit_code_of_a_mismatch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "vit_b.keys.json").write_text('{"image_encoder.pos_embed": [1, 64, 64, 768], "surplus": [3]}')
    assert main(["parity", str(tmp_path)]) == 1
    assert "FAIL" in capsys.readouterr().out


def test_an_empty_folder_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parity", str(tmp_path)]) == 2
    assert "holds no <variant>.keys.json" in capsys.readouterr().err


def test_weights_by_rule() -> None:
    keys = {"a.weight": [4, 2], "n.weight": [5], "n.bias": [5], "x.weight": [1, 3], "bn.running_var": [6]}
    weights = rule_weights({**keys, "bn.num_batches_tracked": [], "attn.attention_biases": [2, 9]})
    assert weights["a.weight"].dtype == torch.float32
    assert weights["n.weight"].mean() > 0.8
    assert weights["x.weight"].abs().max() < 0.5
    assert weights["bn.running_var"].min() >= 1
    assert weights["bn.num_batches_tracked"].item() == 0
    assert not weights["attn.attention_biases"].any()


def test_picture() -> None:
    picture = reference_image()
    assert picture.shape == (600, 800, 3)
    assert picture[240, 480].tolist()[2] == 207
    assert picture[0, 0].tolist() == [167, 127, 47]


def test_tolerances_catch_what_they_should() -> None:
    reference = np.random.default_rng(0).standard_normal((1, 8, 8))
    assert not Comparison("logits", relative_peak(reference + 2e-4, reference), 1e-4).ok
    assert not Comparison("nan", float("nan"), 1.0).ok
    assert flipped(reference, reference > 0) == 0
    assert flipped(-reference, reference > 0) > 60
    assert flipped(np.array([5e-5, 5e-3]), np.array([False, False])) == 1

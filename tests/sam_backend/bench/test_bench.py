"""The measurements run and say what they measured; how long things take is nobody's test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from sam_backend.bench import decoders, encoders, families  # noqa: E402
from sam_backend.bench.timing import Row, table  # noqa: E402
from sam_backend.cli import main  # noqa: E402
from sam_backend.onnx.comparison import LOGIT_TOLERANCE  # noqa: E402

pytestmark = pytest.mark.torch


@pytest.mark.slow
def test_decoders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "PROMPTS", ((7, False), (8, True)))
    monkeypatch.setattr(decoders, "LARGE_IMAGE", (900, 1200))
    out = tmp_path / "results" / "bench.json"
    quick = ["--threads", "1", "--repeats", "1", "--encoders", "--families", "sam2.1_tiny"]
    assert main(["bench", "--json", str(out), *quick]) == 0
    rows = json.loads(out.read_text())["rows"]
    assert {row["name"] for row in rows if "ratio" in row} == {
        "official-style 768×1024", "official-style 900×1200", "plain", "fast",
        "sam2.1_tiny, plain", "sam2.1_tiny, fast",
    }  # fmt: skip
    assert all(row["median_ms"] > 0 for row in rows)
    assert all(row["error"] < LOGIT_TOLERANCE for row in rows if row["name"].endswith("fast"))


@pytest.mark.slow
def test_encoders() -> None:
    eager, fast = encoders.bench_encoders(["mobile_sam"], threads=2, repeats=1)
    assert eager.ratio == 1
    assert fast.error is not None
    assert fast.error < 1e-4
    assert fast.peak_mb is not None
    assert 100 < fast.peak_mb < 4000


def test_a_model_with_one_embedding_is_not_measured_as_one_with_several() -> None:
    with pytest.raises(ValueError, match="vit_b has one embedding"):
        list(families.bench_clicks(["vit_b"], 1, 1))


def test_a_failing_measurement_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="Measuring nothing on torch failed"):
        encoders._in_process({"backend": "torch", "name": "nothing", "threads": 1, "repeats": 1})


def test_table() -> None:
    text = table([Row("decoder", "fast", "onnxruntime CPU", 1, "T=7", 12.34, 0.4, 5e-6)])
    assert text.splitlines()[-1] == "| decoder | fast | onnxruntime CPU | 1 | T=7 | 12.3 | 0.40 | 5e-06 |  |  |"


def test_an_encoders_row_says_pictures_per_second_and_peak_memory() -> None:
    row = Row("encoder", "vit_b", "onnxruntime CPU", 2, "batch 1", 5000, 0.4, 1e-6, 3900)
    assert row.to_dict()["images_per_s"] == 0.2
    assert table([row]).endswith("| 5000.0 | 0.40 | 1e-06 | 3,900 | 0.20 |")
    assert "images_per_s" not in Row("decoder", "fast", "onnxruntime CPU", 1, "T=7", 12).to_dict()

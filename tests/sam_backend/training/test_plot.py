from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from sam_backend.cli import main
from sam_backend.training.plot import metrics_svg, read_metrics, running_mean

LINES = [
    {"step": 20, "loss": 1.0}, {"step": 40, "loss": 0.5}, {"step": 40, "loss": 0.6}, {"step": 60, "loss": 0.4},
    {"step": 40, "eval": {"oracle": 0.4, "top": 0.3, "score": 0.35}},
]  # fmt: skip


def write(folder: Any, lines: Any) -> None:
    (folder / "metrics.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n")


def test_steps_that_were_done_again_count_once_as_they_were_last(tmp_path: Path) -> None:
    write(tmp_path, LINES)
    assert [row["loss"] for row in read_metrics(tmp_path / "metrics.jsonl") if "loss" in row] == [1.0, 0.6, 0.4]


def test_the_command_draws_loss_and_measurements(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, LINES)
    assert main(["plot", str(tmp_path)]) == 0
    root = ElementTree.parse(tmp_path / "metrics.svg").getroot()
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for word in ("Loss", "loss", "running mean", "oracle", "top"):
        assert word in words
    assert "score" not in words
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 4


def test_a_run_without_measurements_is_drawn_too() -> None:
    assert "nothing measured yet" in metrics_svg([{"step": 1, "loss": 0.5}], "<run>")
    assert "&lt;run&gt;" in metrics_svg([], "<run>")


def test_what_is_no_metrics_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", str(tmp_path)]) == 2
    assert "there are no metrics here" in capsys.readouterr().err
    (tmp_path / "metrics.jsonl").write_text('{"step": 1, "loss": 1}\nnothing\n')
    with pytest.raises(ValueError, match=r"metrics\.jsonl:2"):
        read_metrics(tmp_path / "metrics.jsonl")


def test_the_running_mean_of_a_constant_is_the_constant() -> None:
    assert [value for _, value in running_mean([(1, 2.0), (2, 2.0), (3, 2.0)])] == pytest.approx([2.0, 2.0, 2.0])

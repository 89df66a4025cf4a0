"""`python -m sam_backend evaluate --task ...`, with the model that comes along."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sam_backend.cli import main
from sam_backend.data.drawn import draw_records, held_out
from sam_backend.evaluation.paper.ground import read_ground
from tests.sam_backend.evaluation.paper.sets import folder, square


@pytest.mark.parametrize(
    ("task", "extra", "name"),
    [
        ("point", ["--masks", "1"], "miou_oracle"),
        ("instances", [], "ap"),
        ("proposals", ["--points", "2"], "ar"),
        ("edges", ["--points", "2", "--thresholds", "2"], "ods"),
    ],
)
def test_each_task_writes_its_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], task: str, extra: list[str], name: str
) -> None:
    data = folder(tmp_path, [[{"mask": square(20, 30, 40, 40)}]] * 2)
    out = tmp_path / "out" / "found.json"
    command = ["evaluate", "--task", task, "compact", str(data), "--limit", "1", "--json", str(out), *extra]
    assert main(command) == 0
    found = json.loads(out.read_text())
    assert found["task"] == task
    assert "section 7." in found["paper"]
    assert 0 <= found["overall"][name] <= 1
    assert (found["images"], found["n"]) == (1, 1)
    assert f"| {name} | " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--task", "point", "--baselines"], "--baselines is of no use with --task point"),
        (["--task", "point", "--boxes", "b.json"], "--boxes is of no use with --task point, only with instances"),
        (["--task", "edges", "--thresholds", "1"], "lie in 2..99"),
        (["--points", "4"], "--points is of no use"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    data = folder(tmp_path, [[{"mask": square(20, 30, 40, 40)}]])
    assert main(["evaluate", *options, "compact", str(data), "--json", str(tmp_path / "out.json")]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()


def test_only_what_training_left_out_is_measured_where_that_is_asked_for(tmp_path: Path) -> None:
    data = folder(tmp_path, [[{"mask": square(20, 30, 40, 40)}]] * 8)
    kept = [name for name in (f"{number}.png" for number in range(8)) if held_out(name, 0.3)]
    assert 0 < len(kept) < 8
    assert [record.path.name for record in draw_records([data], None, left_out=0.3)] == kept
    assert [photo.path.name for photo in read_ground(data, None, 0.3).photos.values()] == kept
    assert next(iter(read_ground(data, 1, 0.3).photos.values())).path.name in kept


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("{}", "not annotations"), ('{"images": [], "annotations": []}', "no masks"), ("no", "not annotations")],
)
def test_data_that_cannot_be_read_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    (tmp_path / "coco.json").write_text(text)
    command = ["evaluate", "--task", "instances", "compact", str(tmp_path / "coco.json"), "--json", "x.json"]
    assert main(command) == 2
    assert sentence in capsys.readouterr().err

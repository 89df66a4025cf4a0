"""The README's examples of automatic masks run after its first example, and its table names what exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import sam_backend

README = Path(sam_backend.__file__).parent / "README.md"


def test_the_examples_run_in_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    examples = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    for example in examples[:3]:
        exec(compile(example, str(README), "exec"), names)
    assert names["annotations"]
    assert {"segmentation", "predicted_iou", "point_coords", "crop_box"} <= set(names["annotations"][0])
    output = capsys.readouterr().out
    assert "64 of 64" in output
    counts = [int(count) for count in re.findall(r"^0\.[579] (\d+)$", output, re.MULTILINE)]
    assert len(counts) == 3
    assert counts == sorted(counts, reverse=True)


def test_the_table_names_what_exists() -> None:
    table = README.read_text(encoding="utf-8").split("## What is where")[1].split("##")[0]
    modules = [
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    ]
    assert "amg" in modules
    for name in modules:
        assert (README.parent / name).is_dir() or (README.parent / f"{name}.py").is_file(), name

from __future__ import annotations

import re
from pathlib import Path

import pytest

import export
from export.formats.table import loss_table


def test_the_table_of_losses_is_the_one_the_writers_follow() -> None:
    text = (Path(export.__file__).parent / "README.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"<!-- losses -->\n(.*?)<!-- /losses -->", text, re.DOTALL)
    assert table.strip() == loss_table(export.FORMATS)
    assert re.findall(r"^\| `(\w+)` \| (?!yes|–)", text, re.MULTILINE) == list(export.FORMATS)


NUMBERS = {
    15: "fifteen",
    16: "sixteen",
    17: "seventeen",
    18: "eighteen",
    19: "nineteen",
    20: "twenty",
    21: "twenty-one",
}


def test_the_formats_are_counted_right() -> None:
    root = Path(export.__file__).parents[1]
    written = NUMBERS[len(export.FORMATS)]
    read = NUMBERS[sum(entry.read is not None for entry in export.FORMATS.values())]
    assert f"a zip in one of {written} formats" in (root / "README.md").read_text(encoding="utf-8")
    assert f"{read} formats in, {written} out" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_example_in_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(export.__file__).parent / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})
    assert "'annotations': 1" in capsys.readouterr().out
    assert (tmp_path / "harbour.zip").exists()

from __future__ import annotations

import re
from pathlib import Path

import export


def test_the_example_in_the_readme_runs(tmp_path, monkeypatch, capsys):
    text = (Path(export.__file__).parent / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})
    assert "'annotations': 1" in capsys.readouterr().out
    assert (tmp_path / "harbour.zip").exists()

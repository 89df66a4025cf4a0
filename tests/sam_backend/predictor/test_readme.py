"""The README's example runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "sam_backend" / "README.md"


def test_example(monkeypatch, tmp_path):
    pytest.importorskip("skimage")
    monkeypatch.chdir(tmp_path)
    example = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[0]
    names: dict[str, object] = {}
    exec(compile(example, str(README), "exec"), names)
    mask, photo = names["mask"], names["photo"]
    assert mask.shape == photo.shape[:2]
    assert mask[120, 220]
    assert 0.05 < mask.mean() < 0.95

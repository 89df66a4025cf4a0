"""The README's example runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

README = Path(__file__).parents[3] / "sam_backend" / "README.md"


def test_example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("skimage")
    monkeypatch.chdir(tmp_path)
    example = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(compile(example, str(README), "exec"), names)
    mask, photo = names["mask"], names["photo"]
    assert mask.shape == photo.shape[:2]
    assert mask[120, 220]
    assert 0.05 < mask.mean() < 0.95


@pytest.mark.torch
@pytest.mark.slow
def test_the_example_of_a_checkpoint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With random weights under the official name: what it shows must run, whatever the masks are."""
    torch = pytest.importorskip("torch")
    from sam_backend.build import build_random
    from sam_backend.config import variant

    examples = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    [example] = [text for text in examples if "load_predictor" in text]
    [path] = re.findall(r'load_predictor\("(.*?)"\)', example)
    monkeypatch.chdir(tmp_path)
    (tmp_path / path).parent.mkdir()
    torch.save(build_random(variant("mobile_sam")).state_dict(), path)
    names: dict[str, Any] = {"photo": np.zeros((300, 451, 3), np.uint8)}
    exec(compile(example, str(README), "exec"), names)
    assert names["masks"].shape == (4, 300, 451)

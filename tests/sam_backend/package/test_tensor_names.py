"""Names of a weight file's tensors, read off without PyTorch."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from sam_backend.tensor_names import names_in  # noqa: E402

pytestmark = pytest.mark.torch
STATE = {"tracker.sam_mask_decoder.conv_s0.bias": torch.ones(2), "detector.x": torch.zeros(3, 1)}


@pytest.mark.parametrize("name", ["a.pt", "a.pth", "a.safetensors"])
def test_every_name_is_among_them(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save_file(STATE, path) if path.suffix == ".safetensors" else torch.save({"model": STATE}, path)
    assert set(STATE) <= set(names_in(path))


class Harm:
    """Ends the process when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        import os

        return os._exit, (3,)


def test_nothing_of_a_pickle_is_carried_out(tmp_path: Path) -> None:
    torch.save({"model": STATE, "more": Harm()}, tmp_path / "a.pt")
    assert "detector.x" in names_in(tmp_path / "a.pt")


def test_where_it_cannot_be_told_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(pickle.dumps({"detector.x": 1}))
    (tmp_path / "a.safetensors").write_bytes(b"\xff" * 20)
    torch.save(STATE, tmp_path / "cut.pt")
    whole = (tmp_path / "cut.pt").read_bytes()
    (tmp_path / "cut.pt").write_bytes(whole[: len(whole) // 2])
    for name in ("a.pt", "a.safetensors", "cut.pt", "nowhere.pt"):
        assert not names_in(tmp_path / name)

"""The mean of several runs' weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from sam_backend.cli import main  # noqa: E402
from sam_backend.modeling.compact.model import CompactSam  # noqa: E402
from sam_backend.modeling.compact.shape import CompactShape  # noqa: E402

SMALL = CompactShape(widths=(8, 16, 16, 24, 40), depths=(1, 1, 1, 1), dim=64)


def constant(path: Any, value: Any, shape: Any = SMALL) -> str:
    """Weights that are all the same number."""
    model = CompactSam(shape)
    with torch.no_grad():
        for tensor in model.state_dict().values():
            tensor.fill_(value)
    model.save(path)
    return str(path)


def test_every_number_is_the_mean_of_its_own(tmp_path: Path) -> None:
    given = [constant(tmp_path / f"{value}.safetensors", value) for value in (1, 2, 6)]
    assert main(["average", *given, "--out", str(tmp_path / "new" / "mean.safetensors")]) == 0
    mean = CompactSam.from_file(tmp_path / "new" / "mean.safetensors")
    assert mean.shape == SMALL
    numbers = [t for name, t in mean.state_dict().items() if t.is_floating_point() and "pixel_" not in name]
    assert len(numbers) > len(list(mean.parameters()))  # the running statistics too
    assert all(torch.equal(t, torch.full_like(t, 3.0)) for t in numbers)


def test_other_shapes_and_other_files_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = constant(tmp_path / "first.safetensors", 1)
    wide = constant(tmp_path / "wide.safetensors", 1, replace(SMALL, widths=(8, 16, 16, 24, 48)))
    assert main(["average", first, wide, "--out", str(tmp_path / "mean.safetensors")]) == 2
    assert "wide.safetensors: of another shape than" in capsys.readouterr().err
    (tmp_path / "text.pt").write_text("no weights")
    assert main(["average", first, str(tmp_path / "text.pt"), "--out", str(tmp_path / "mean.safetensors")]) == 2
    assert "text.pt: not a readable checkpoint" in capsys.readouterr().err
    assert not (tmp_path / "mean.safetensors").exists()


def test_a_checkpoint_gives_its_averaged_weights(tmp_path: Path) -> None:
    model = CompactSam(SMALL)
    torch.save({"ema": model.state_dict()}, tmp_path / "last.pt")
    (tmp_path / "run.toml").write_text(
        'name = "x"\ndata = ["d"]\nsteps = 1\nphases = [{ until = 1.0, size = 64, batch = 1, masks = 1 }]\n'
        "[model]\nwidths = [8, 16, 16, 24, 40]\ndepths = [1, 1, 1, 1]\ndim = 64\n"
    )
    out = tmp_path / "weights.safetensors"
    assert main(["average", str(tmp_path / "last.pt"), "--config", str(tmp_path / "run.toml"), "--out", str(out)]) == 0
    found = CompactSam.from_file(out).state_dict()
    assert all(torch.equal(found[n], t.half().float()) for n, t in model.state_dict().items() if t.is_floating_point())


def test_the_head_that_looks_at_masks_can_be_left_out(tmp_path: Path) -> None:
    torch.manual_seed(0)
    whole = CompactSam(replace(SMALL, quality=True))
    whole.save(tmp_path / "whole.safetensors", torch.float32)
    out = tmp_path / "plain.safetensors"
    assert main(["average", str(tmp_path / "whole.safetensors"), "--without-quality", "--out", str(out)]) == 0
    plain = CompactSam.from_file(out)
    assert plain.shape == SMALL
    assert plain.decoder.quality is None
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(value, whole.state_dict()[name], atol=1e-2, rtol=1e-3)

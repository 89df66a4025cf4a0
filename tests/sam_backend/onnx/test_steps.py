"""What a conversion prints of its steps, and reading it back."""

from __future__ import annotations

import pytest

from sam_backend.onnx.steps import PrintedSteps, Reached, last_step


def test_printed_steps_are_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    steps = PrintedSteps(4)
    assert last_step(capsys.readouterr().out) is None
    said = ""
    for what, share in (("Reading: the weights", 0), ("Writing", 0.25)):
        steps(what)
        said += capsys.readouterr().out
        assert last_step(f"{said}something else\n") == Reached(share, what)

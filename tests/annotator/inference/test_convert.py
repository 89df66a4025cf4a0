"""A conversion runs in a process of its own: its end, whatever it is, ends in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from annotator.inference import convert
from annotator.inference.convert import Description
from annotator.lib.errors import ApiError
from annotator.runs.runner import RunCancelled

ABOUT = Description("Mine")


def ends_with(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(convert, "_command", lambda *args: [sys.executable, "-c", code])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; print('sam_backend: A sentence.', file=sys.stderr); sys.exit(2)", "A sentence."),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "most likely because memory ran out"),
        ("1 / 0", r"Mine could not be converted, for a reason .+ \(ZeroDivisionError"),
    ],
)
def test_each_way_to_fail_has_its_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, said: str
) -> None:
    ends_with(monkeypatch, code)
    with pytest.raises(ApiError, match=said):
        convert.convert(tmp_path / "a.pth", tmp_path / "out", ABOUT, lambda share, said: None)


def test_a_cancelled_run_stops_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ends_with(monkeypatch, "import time; time.sleep(600)")
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(*args: Any, **kwargs: Any) -> subprocess.Popen[bytes]:
        started.append(real(*args, **kwargs))
        return started[-1]

    def cancelled(share: float, said: str) -> None:
        raise RunCancelled

    monkeypatch.setattr("subprocess.Popen", popen)
    with pytest.raises(RunCancelled):
        convert.convert(tmp_path / "a.pth", tmp_path / "out", ABOUT, cancelled)
    assert started[0].poll() is not None


def test_each_step_of_the_process_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    ends_with(monkeypatch, f"print('step 2 of 4: Writing the decoder', flush=True); open({str(gate)!r}).read()")
    monkeypatch.setattr(convert, "LOOK_EVERY_SECONDS", 0.01)
    heard: list[tuple[float, str]] = []

    def told(share: float, said: str) -> None:
        if said.endswith("writing the decoder") and said not in dict(heard).values():
            gate.write_text("on")
        heard.append((share, said))

    convert.convert(tmp_path / "a.pth", tmp_path / "out", ABOUT, told)
    assert heard[-1] == (0.25, "Converting Mine: writing the decoder")
    assert sorted(heard) == heard


def test_a_name_that_looks_like_an_option_stays_a_name(tmp_path: Path) -> None:
    command = convert._command(tmp_path / "-a.pth", tmp_path / "out", Description("--weights"))
    assert "--name=--weights" in command
    assert command.index("--") < command.index(str(tmp_path / "-a.pth"))

"""The quick checks of `make test` run at the same time and are still told one after the other."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from annotator.launch.suite import Check, run_together

WAITS = "import pathlib, sys\nwhile not pathlib.Path(sys.argv[1]).exists(): pass\nprint('first is done')"
FREES = "import pathlib, sys\npathlib.Path(sys.argv[1]).touch()\nprint('a fault', file=sys.stderr)\nsys.exit(3)"


def test_checks_run_together_and_their_output_appears_whole_and_in_order(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The first one ends only after the second one ran."""
    sign = str(tmp_path / "sign")
    checks = [
        Check(name, "lint", [sys.executable, "-c", code, sign], tmp_path)
        for name, code in (("first", WAITS), ("second", FREES))
    ]
    results = run_together(checks, dict(os.environ))
    assert [(result.name, result.passed) for result in results] == [("first", True), ("second", False)]
    lines = [line for line in capfd.readouterr().out.splitlines() if line]
    assert lines == ["── first", "first is done", "── second", "a fault"]

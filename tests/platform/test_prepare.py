"""What `make run` says when database, settings or packages are not as they should be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError

from annotator.launch.console import Problem
from annotator.launch.prepare import sentences

ROOT = Path(__file__).resolve().parents[2]


def prepare(var: Path, **env: str) -> subprocess.CompletedProcess[str]:
    settings = {"MASKWRIGHT_VAR": str(var), "DJANGO_SETTINGS_MODULE": "annotator.settings"}
    argv = [sys.executable, "-m", "annotator.launch.prepare", "1"]
    clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(argv, cwd=ROOT, env=clean | settings | env, capture_output=True, text=True, check=False)


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_a_damaged_database_is_named_and_left_alone(tmp_path: Path) -> None:
    damaged = tmp_path / "maskwright.sqlite3"
    damaged.write_bytes(b"this is no database" * 1000)
    assert_one_sentence(prepare(tmp_path), str(damaged), "put it aside")
    assert damaged.read_bytes() == b"this is no database" * 1000


def test_a_setting_that_makes_no_sense_is_named(tmp_path: Path) -> None:
    assert_one_sentence(prepare(tmp_path, MASKWRIGHT_DEBUG="perhaps"), "MASKWRIGHT_DEBUG is 'perhaps'")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'numpy'"), "virtual environment is not complete .* Delete the folder"),
        (DatabaseError("disk I/O error"), "cannot be used"),
        (OSError(28, "No space left on device", "/data/x"), "No space left on device"),
        (ZeroDivisionError("by zero"), r"inside Maskwright \(ZeroDivisionError\); .*start.log tells where"),
    ],
)
def test_everything_else_becomes_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    monkeypatch.setenv("MASKWRIGHT_VAR", str(tmp_path))
    with pytest.raises(Problem, match=words), sentences():
        raise error

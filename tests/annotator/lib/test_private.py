"""What Maskwright writes is for the account that runs it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.lib.private import keep_private

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parents[3]


def modes(folder: Path) -> dict[str, int]:
    """The permissions of everything in a folder, and of the folder itself, that are not its owner's."""
    found = {
        str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode) & 0o077
        for path in [folder, *folder.rglob("*")]
        if not path.is_symlink()
    }
    return {name: mode for name, mode in found.items() if mode}


def manage(var: Path, *command: str) -> None:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"MASKWRIGHT_VAR": str(var)}
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, capture_output=True, umask=0o022
    )


def test_a_new_folder_its_secret_and_its_database_are_private(tmp_path: Path) -> None:
    manage(tmp_path / "var", "migrate", "accounts", "--verbosity", "0")
    assert (tmp_path / "var" / "maskwright.sqlite3").stat().st_size > 0
    assert modes(tmp_path / "var") == {}


def test_an_old_folder_is_mended_at_the_next_start(tmp_path: Path) -> None:
    var, elsewhere = tmp_path / "var", tmp_path / "elsewhere"
    (var / "log").mkdir(parents=True)
    elsewhere.write_text("somebody else's")
    elsewhere.chmod(0o644)
    for name in ("maskwright.sqlite3", "log/web.log"):
        (var / name).touch()
        (var / name).chmod(0o644)
    (var / "log" / "link").symlink_to(elsewhere)
    (var / "log").chmod(0o755)
    var.chmod(0o755)
    manage(var, "check")
    assert modes(var) == {}
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644


def test_what_cannot_be_mended_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(self: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    tmp_path.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    before = os.umask(0o022)
    try:
        keep_private(tmp_path)
    finally:
        os.umask(before)
    assert f"chmod -R go-rwx {tmp_path}" in capsys.readouterr().err

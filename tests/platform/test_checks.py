"""What `make run` says about a machine that cannot run it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotator.launch import checks
from annotator.launch.console import Problem
from maskwright.cli import WORDS

ROOT = Path(__file__).resolve().parents[2]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((checks.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def launch(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the real `make run` command with a data folder and a virtual environment of its own."""
    own = {"MASKWRIGHT_VAR": str(tmp_path / "var"), "MASKWRIGHT_VENV": str(tmp_path / "venv")}
    command = [sys.executable, str(ROOT / "annotator" / "launch" / "bootstrap.py"), "run"]
    return subprocess.run(command, env=os.environ | own | env, capture_output=True, text=True, check=False, timeout=60)


def assert_one_sentence(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.strip().splitlines()) == 1
    for word in words:
        assert word in done.stderr


def test_a_busy_port_is_named_with_its_owner_and_a_way_out(tmp_path: Path, busy_port: int) -> None:
    done = launch(tmp_path, PORT=str(busy_port))
    assert_one_sentence(done, f"Port {busy_port} is already in use", "make run PORT=")
    assert not (tmp_path / "venv").exists(), "nothing is installed before the port is known to be free"
    if sys.platform == "linux":
        assert f"(process {os.getpid()})" in done.stderr


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    assert_one_sentence(launch(tmp_path, PORT=port), "PORT must be a number from 1 to 65535")


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = launch(tmp_path, MASKWRIGHT_VAR=str(tmp_path / "file" / "var"))
    assert_one_sentence(done, "cannot write to", "Copy the checkout to a folder that you own")


def test_a_read_only_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(Problem, match="Read-only file system"):
        checks.check_writable(tmp_path)


def test_a_full_disk_is_refused_with_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**12, 10**12, 42_000_000))
    with pytest.raises(Problem, match=r"42 MB free .* needs 2000 MB"):
        checks.check_disk(tmp_path, 2000)


def test_a_free_port_passes() -> None:
    with socket.socket() as probe:
        probe.bind((checks.HOST, 0))
        port = probe.getsockname()[1]
    checks.check_port(port)


def test_the_installed_command_is_named_where_there_is_no_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checks.run_on(8001) == "make run PORT=8001"
    monkeypatch.setattr(checks, "ROOT", tmp_path)
    assert checks.run_on(8001) == "maskwright run 8001"
    with pytest.raises(Problem, match="Try: maskwright run 8001"):
        checks.port_number("--port")


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"]])
def test_help_names_every_word_of_the_client(words: list[str]) -> None:
    command = [sys.executable, "-m", "annotator", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert "|".join(["signin", "signout"]) in done.stdout
    assert all(word in done.stdout for word in WORDS)

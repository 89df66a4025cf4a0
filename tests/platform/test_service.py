"""Processes that the supervisor owns end with everything they started."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from annotator.launch import runlock
from annotator.launch.console import Problem
from annotator.launch.service import Service, stop_all

WITH_CHILD = """
import subprocess, sys, signal
signal.signal(signal.SIGTERM, {handler})
code = "import signal; signal.signal(signal.SIGTERM, {handler}); signal.pause()"
child = subprocess.Popen([sys.executable, "-c", code])
open({ready!r}, "w").write(str(child.pid))
signal.pause()
"""


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    path = tmp_path / "ready"
    os.mkfifo(path)
    return path


def start(tmp_path: Path, ready: Path, handler: str) -> tuple[Service, int]:
    """Start a process that has a child; returns when both run (reading a pipe blocks until it is written)."""
    code = WITH_CHILD.format(handler=handler, ready=str(ready))
    service = Service("thing", [sys.executable, "-c", code], tmp_path / "log" / "thing.log", dict(os.environ), tmp_path)
    service.start()
    return service, int(ready.read_text())


def gone(pid: int) -> bool:
    """Wait until the process does not run any more (a signal takes a moment to arrive): no entry, or a zombie whose new
    parent has not looked yet."""
    if not hasattr(os, "pidfd_open"):  # not Linux
        return subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode != 0
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], 30)[0])
    finally:
        os.close(process)


def test_stopping_ends_the_process_and_its_children(tmp_path: Path, ready: Path) -> None:
    service, child = start(tmp_path, ready, "signal.SIG_DFL")
    stop_all([service], patience=20)
    assert service.exit_code() == -signal.SIGTERM
    assert gone(child)


def test_a_process_that_will_not_end_is_killed(tmp_path: Path, ready: Path) -> None:
    service, child = start(tmp_path, ready, "signal.SIG_IGN")
    stop_all([service], patience=0)
    assert service.exit_code() == -signal.SIGKILL
    assert gone(child)


def test_a_log_that_grew_long_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotator.launch.service.LOG_BYTES", 10)
    log = tmp_path / "thing.log"
    log.write_text("x" * 11)
    service = Service("thing", [sys.executable, "-c", "print('new')"], log, dict(os.environ), tmp_path)
    service.start()
    assert service.process
    service.process.wait(timeout=30)
    assert log.read_text() == "new\n"
    assert (tmp_path / "thing.old.log").read_text() == "x" * 11


def test_a_second_start_in_the_same_folder_is_refused_with_the_address(tmp_path: Path) -> None:
    lock = runlock.hold(tmp_path, "http://127.0.0.1:8123")
    with pytest.raises(Problem, match=r"already running .* at http://127\.0\.0\.1:8123"):
        runlock.check_not_running(tmp_path)
    lock.close()
    runlock.check_not_running(tmp_path)

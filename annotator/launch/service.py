"""A process that the supervisor owns, with everything it starts."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

LOG_BYTES = 5_000_000
"""A log longer than this is set aside when its process starts, so that var/log stays small."""
PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """Ask Linux to end this child when the supervisor is killed so hard that it can stop nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Service:
    """One long-running child in a process group of its own.

    Ctrl+C at the terminal therefore reaches the supervisor alone, which stops the children in order.
    """

    name: str
    argv: list[str]
    log: Path
    env: dict[str, str]
    cwd: Path
    process: Popen[bytes] | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start the process, its output going to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as sink:
            self.process = Popen(
                self.argv,
                cwd=self.cwd,
                env=self.env,
                stdin=DEVNULL,
                stdout=sink,
                stderr=STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self.started = time.monotonic()

    def exit_code(self) -> int | None:
        """Exit status of a process that ended, or None while it runs (or before it started)."""
        return self.process.poll() if self.process else None

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and to everything it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def group_alive(self) -> bool:
        """Say whether the process or a child it left behind still runs."""
        if self.process is None:
            return False
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def stop_all(services: list[Service], patience: float) -> None:
    """Ask every service to end, and force it after `patience` seconds, or at once on a KeyboardInterrupt."""
    try:
        for service in services:
            service.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + patience
        while any(service.group_alive() for service in services) and time.monotonic() < deadline:
            time.sleep(0.05)
    except KeyboardInterrupt:
        pass
    for service in services:
        service.signal_group(signal.SIGKILL)
    for service in services:
        if service.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                service.process.wait(timeout=5)

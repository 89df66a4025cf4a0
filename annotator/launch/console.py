"""What the launcher says to the person at the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen


class Problem(Exception):
    """Something the person at the terminal must know or do; its text is a whole sentence."""


def say(text: str) -> None:
    """Write one line and flush it, so that it is seen even through a pipe."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def run_logged(title: str, argv: list[str], log: Path, *, cwd: Path, env: dict[str, str]) -> int:
    """Run a long command with its output in `log`; on a terminal a counter shows that it is alive."""
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("ab") as sink:
        process = Popen(argv, cwd=cwd, env=env, stdin=DEVNULL, stdout=sink, stderr=STDOUT)
        try:
            code = _wait(process, lambda: f"{title} … {time.monotonic() - started:.0f} s")
        except BaseException:
            process.kill()
            process.wait()
            raise
    say(f"{title} … {'done' if code == 0 else 'failed'} in {time.monotonic() - started:.0f} s")
    return code


def _wait(process: Popen[bytes], line: Callable[[], str]) -> int:
    terminal = sys.stdout.isatty()
    if not terminal:
        say(line())
        return process.wait()
    while process.poll() is None:
        sys.stdout.write(f"\r{line()}\033[K")
        sys.stdout.flush()
        time.sleep(0.2)
    sys.stdout.write("\r\033[K")
    return process.returncode


def tail(path: Path, lines: int = 3) -> str:
    """Return the last non-empty lines of a log, on one line."""
    if not path.exists():
        return ""
    found = [line.strip() for line in path.read_text(errors="replace").splitlines() if line.strip()]
    return " | ".join(found[-lines:])

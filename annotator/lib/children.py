"""Processes of our own that a worker starts and follows to their end."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from typing import IO, Any

from django.conf import settings


def follow(
    command: Sequence[str], alive: Callable[[], None], every: float, *, out: IO[Any], wrong: IO[Any], **about: Any
) -> int:
    """Run a command in the program's folder and return its exit status. `alive` is called every so many seconds;
    what it raises ends the process. `out` and `wrong` take what the process says."""
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=out, stderr=wrong, **about)
    try:
        while True:
            alive()
            try:
                return process.wait(every)
            except subprocess.TimeoutExpired:
                continue
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()

"""One Maskwright per var/ folder: two would fight over its queue and its SQLite file."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import IO

from .console import Problem


def _file(var: Path) -> Path:
    return var / "running.json"


def _take(var: Path) -> IO[str] | None:
    """Lock the file, or return None when another process holds it. The lock dies with its process."""
    var.mkdir(parents=True, exist_ok=True)
    handle = _file(var).open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def check_not_running(var: Path) -> None:
    """Refuse to start beside a Maskwright that already uses this folder, and give its address."""
    handle = _take(var)
    if handle is not None:
        handle.close()
        return
    try:
        known = json.loads(_file(var).read_text())
        where = f" at {known['url']} (process {known['pid']})"
    except (OSError, ValueError, KeyError):
        where = ""
    raise Problem(f"Maskwright is already running from {var}{where}. Open that page, or stop it with Ctrl+C there.")


def hold(var: Path, url: str) -> IO[str]:
    """Take the folder for this process; keep the returned handle open as long as it is used.

    Raises:
        Problem: another Maskwright uses the folder.
    """
    handle = _take(var)
    if handle is None:
        check_not_running(var)
        raise Problem(f"Another Maskwright just took {var}. Try again.")
    handle.truncate(0)
    handle.write(json.dumps({"pid": os.getpid(), "url": url}))
    handle.flush()
    return handle

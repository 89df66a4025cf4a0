"""The very first start of an app, made once a run of the tests and read by every process that shares them."""

from __future__ import annotations

import fcntl
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.e2e.app import App


@dataclass(frozen=True)
class FirstStart:
    """What it left: its data, all it said, the processes that ran under it, and its exit status."""

    folder: str
    lines: list[str]
    processes: list[int]
    status: int

    @property
    def var(self) -> Path:
        """The data, of which each app of the tests gets a copy."""
        return Path(self.folder)


def first_start(folder: Path) -> FirstStart:
    """The first start under `folder`: made by the process that comes first, while the others wait for it."""
    told = folder / "first_start.json"
    with (folder / "first_start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # let go when the file is closed, also by a process that dies
        if not told.exists():
            told.write_text(json.dumps(asdict(_start(folder / "first_start" / "var"))))
    return FirstStart(**json.loads(told.read_text()))


def _start(var: Path) -> FirstStart:
    app = App(var)
    try:
        app.start()
        processes = app.everything()
    finally:
        status = app.stop()
    return FirstStart(str(var), app.lines, processes, status)

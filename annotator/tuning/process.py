"""Starting the process that trains, following what it says, and ending it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from typing import IO, Any

from annotator.lib.children import follow
from annotator.lib.durations import duration
from annotator.runs.runner import RunFailed
from annotator.tuning.job import DECLARED, Folder
from sam_backend.tuning.report import TuneReport

LOOK_EVERY_SECONDS = 0.5
MOST_READ = 4096

# The share of the work done (0 to 1), and a sentence about the present part of it.
Told = Callable[[float, str], None]

SHARES = {"read": (0.05, 0.15), "train": (0.15, 0.75), "export": (0.75, 0.8), "measure": (0.8, 1.0)}
"""Of the whole run; before comes what is gathered."""
WORDS = {
    "read": "Reading embeddings: {done} of {total} images",
    "train": "Training: step {done} of {total}",
    "export": "Writing the new model",
    "measure": "Asking the old and the new model: {done} of {total} masks",
}


def command(folder: Folder) -> list[str]:
    """Return the command that trains. The one place that names it: a test that wants another trainer replaces this."""
    return [sys.executable, "-m", "annotator.tuning.child", str(folder.path)]


def tune(folder: Folder, told: Told) -> TuneReport:
    """Do the folder's job in a process of its own. `told` is called twice a second; what it raises ends the process.

    Raises RunFailed with a sentence."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        status = follow(
            command(folder), lambda: told(*_reached(_last_line(said))), LOOK_EVERY_SECONDS,
            out=said, wrong=wrong, env=_environment(),
        )  # fmt: skip
        if status != 0:
            raise RunFailed(_reason(status, said, wrong))
    return read_report(folder)


def read_report(folder: Folder) -> TuneReport:
    """Return what was measured. Raises RunFailed when the process left nothing that can be read."""
    try:
        return TuneReport.from_json(json.loads(folder.report.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise RunFailed("The training ended without a report. Start it again.") from error


def _environment() -> dict[str, str]:
    return os.environ | {"DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "annotator.settings")}


def _last_line(said: IO[str]) -> dict[str, Any]:
    """The last whole line that the process said; pread, for it writes through the same file offset."""
    size = os.fstat(said.fileno()).st_size
    text = os.pread(said.fileno(), MOST_READ, max(0, size - MOST_READ)).decode(errors="replace")
    lines = [line for line in text.split("\n")[:-1] if line.startswith("{")]
    try:
        found: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return found


def _reached(line: dict[str, Any]) -> tuple[float, str]:
    phase = str(line.get("phase", ""))
    if phase not in SHARES:
        return SHARES["read"][0], "Starting PyTorch"
    (begin, end), done, total = SHARES[phase], int(line["done"]), int(line["total"])
    share = begin + (end - begin) * min(1.0, done / max(total, 1))
    left = line.get("seconds_left")
    rest = f" · about {duration(float(left))} left" if left and phase in ("train", "measure") else ""
    return share, WORDS[phase].format(done=done, total=total) + rest


def _reason(status: int, said: IO[str], wrong: IO[str]) -> str:
    stream = said if status == DECLARED else wrong
    stream.seek(0)
    lines = [line.strip() for line in stream.read().splitlines() if line.strip()]
    last = lines[-1] if lines else "It said nothing."
    if status == DECLARED:
        return last
    if status < 0:
        return (
            "The training was stopped by the system, most likely because memory ran out. Nothing was changed; start it "
            "again when less runs beside it."
        )
    return f"The training broke off: {last} Nothing was changed. Start it again."

"""The process that trains: `python -m annotator.tuning.child FOLDER`.

A process of its own, as converting is: the server never imports PyTorch, all memory is given back at the end, and a
training that the system kills takes no worker with it. It opens no database. What it says goes to its output, one JSON
object a line; it ends with 0 and a report, or with `DECLARED` and a sentence on its last line.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from annotator.lib import storage
from annotator.tuning.job import DECLARED, Folder, Job, Pictured
from sam_backend.tuning import Example, TuneError, TuneOptions, TuneProgress, TuneReport, tune


def main(path: str) -> int:
    """Train what the folder says. Returns the exit status."""
    folder, worker = Folder(Path(path)), os.getppid()
    with folder.lock.open("w") as lock:
        # A worker was killed and its process is still at it: that one sees so at its next step, and goes.
        fcntl.flock(lock, fcntl.LOCK_EX)
        job = folder.read()
        if job is None:
            return _declare("The retraining was ended meanwhile.")
        # Written by one that was killed before it could tell what it had measured.
        shutil.rmtree(folder.out, ignore_errors=True)
        try:
            folder.keep_report(_tuned(job, folder, worker).to_json())
        except TuneError as error:
            return _declare(str(error))
    return 0


def _tuned(job: Job, folder: Folder, worker: int) -> TuneReport:
    def told(progress: TuneProgress) -> None:
        if os.getppid() != worker:
            raise SystemExit(1)
        _say(json.dumps(asdict(progress)))

    return tune(
        Path(job.package), [_example(one) for one in job.examples], folder.out, options=TuneOptions(**job.options),
        fixed=[_example(one) for one in job.fixed], progress=told, state=folder.state,
    )  # fmt: skip


def _example(one: Pictured) -> Example:
    return Example(one.key, one.group, _reader(one), tuple(one.masks))


def _reader(one: Pictured) -> Callable[[], bytes | None]:
    def read() -> bytes | None:
        if one.file:
            return Path(one.file).read_bytes()
        with storage.open_blob(one.blob) as source:
            return bytes(source.read())

    return read


def _declare(sentence: str) -> int:
    _say(sentence)
    return DECLARED


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

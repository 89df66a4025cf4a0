"""The folder of one retraining: what it is to do, what it goes on from when its worker dies, and what came of it.

It lies on the worker's own disk. Another machine that takes the run over begins anew, which costs time, nothing else.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sam_backend.rle import Rle

DECLARED = 2
"""Exit status of the process that trains, when its last line is a sentence for the person."""


@dataclass(frozen=True)
class Pictured:
    """An image with its masks (COCO's compressed RLE). The embedding is a blob of the storage, or a file here."""

    key: str
    group: str
    masks: list[Rle]
    blob: str = ""
    file: str = ""


@dataclass(frozen=True)
class Job:
    """What the process that trains is told. `options` are fields of `sam_backend.tuning.TuneOptions`."""

    package: str
    examples: list[Pictured]
    fixed: list[Pictured]
    options: dict[str, Any]
    masks: int
    left_out: list[str]


class Folder:
    """The files of a run's job."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.out = path / "out"
        self.state = path / "state"
        self.lock = path / "lock"
        self.report = path / "report.json"
        self._job = path / "job.json"

    def read(self) -> Job | None:
        """Return the job; None when none was written. A worker that died before it was whole left none."""
        try:
            data = json.loads(self._job.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        for name in ("examples", "fixed"):
            data[name] = [Pictured(**one) for one in data[name]]
        return Job(**data)

    def write(self, job: Job) -> None:
        """Write the job down, whole or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        _write(self._job, asdict(job))

    def keep_report(self, report: dict[str, Any]) -> None:
        """Write down what was measured, whole or not at all."""
        _write(self.report, report)

    def remove(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.path, ignore_errors=True)


def _write(path: Path, data: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(data), encoding="utf-8")
    part.replace(path)

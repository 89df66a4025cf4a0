"""Measuring a package on all cores: pictures are dealt out to processes, the result is the same for any number."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from sam_backend import Predictor, load_package
from sam_backend.evaluation.runner import Progress, evaluate
from sam_backend.evaluation.scores import Evaluation
from sam_backend.training.records import Record


@dataclass(frozen=True)
class Job:
    """One picture for a process; `until` is the clock (time.time) at which nothing new is begun."""

    record: Record
    clicks: int
    baselines: bool
    until: float


_loaded: dict[Path, Predictor] = {}


def evaluate_package(
    package: Path,
    records: Sequence[Record],
    *,
    clicks: int = 20,
    baselines: int = 0,
    minutes: float = float("inf"),
    workers: int = 1,
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """Runs the protocol over pictures, in turns over their sets, until all are done or the time is up.

    Args:
        baselines: on how many of the pictures the classical tools are asked too; they take many times as long.
        minutes: nothing new is begun after so long; what is measured then is even over the sets.
        workers: processes, one thread each.
    """
    until = time.time() + 60 * minutes
    jobs = [Job(record, clicks, number < baselines, until) for number, record in enumerate(in_turns(records))]
    result = Evaluation()
    # Fresh processes: onnxruntime's and OpenCV's threads do not survive a fork.
    with ProcessPoolExecutor(workers, get_context("spawn"), _load, (package,)) as pool:
        for done, part in enumerate(pool.map(_measure, jobs), 1):
            result.add(part)
            progress(done, len(jobs))
    return result


def in_turns(records: Sequence[Record]) -> list[Record]:
    """One picture of each set, then the next of each."""
    place: dict[str, int] = {}
    turns = []
    for index, record in enumerate(records):
        place[record.set] = place.get(record.set, 0) + 1
        turns.append((place[record.set], index, record))
    return [record for _, _, record in sorted(turns, key=lambda turn: turn[:2])]


def _load(package: Path) -> None:
    _loaded[package] = Predictor(load_package(package), threads=1)


def _measure(job: Job) -> Evaluation:
    if time.time() > job.until:
        return Evaluation()
    (predictor,) = _loaded.values()
    return evaluate(predictor, [job.record], clicks=job.clicks, baselines=job.baselines, keep_examples=True)

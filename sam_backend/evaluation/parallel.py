"""Measuring a package on all cores: images are dealt out to processes, the result is the same for any number."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from sam_backend.data.records import Record
from sam_backend.evaluation.runner import Progress, evaluate
from sam_backend.evaluation.scores import Evaluation
from sam_backend.package import load_package
from sam_backend.predictor import Predictor


@dataclass(frozen=True)
class Task:
    """One image for a process."""

    record: Record
    clicks: int
    baselines: bool


_loaded: dict[Path, Predictor] = {}


def evaluate_package(
    package: Path,
    records: Sequence[Record],
    *,
    clicks: int = 20,
    baselines: int = 0,
    workers: int = 1,
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """Runs the protocol over images, in turns over their sets.

    Args:
        baselines: on how many of the images the classical tools are asked too; they take many times as long.
        workers: processes, one thread each.
    """
    tasks = [Task(record, clicks, number < baselines) for number, record in enumerate(in_turns(records))]
    result = Evaluation()
    # Fresh processes: onnxruntime's and OpenCV's threads do not survive a fork.
    with ProcessPoolExecutor(workers, get_context("spawn"), _load, (package,)) as pool:
        for done, part in enumerate(pool.map(_measure, tasks), 1):
            result.add(part)
            progress(done, len(tasks))
    return result


def in_turns(records: Sequence[Record]) -> list[Record]:
    """One image of each set, then the next of each."""
    place: dict[str, int] = {}
    turns = []
    for index, record in enumerate(records):
        place[record.set] = place.get(record.set, 0) + 1
        turns.append((place[record.set], index, record))
    return [record for _, _, record in sorted(turns, key=lambda turn: turn[:2])]


def _load(package: Path) -> None:
    _loaded[package] = Predictor(load_package(package), threads=1)


def _measure(task: Task) -> Evaluation:
    (predictor,) = _loaded.values()
    return evaluate(predictor, [task.record], clicks=task.clicks, baselines=task.baselines, keep_examples=True)

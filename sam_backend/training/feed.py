"""Batches made ahead of the model by other processes, for a GPU that would otherwise wait for its images."""

from __future__ import annotations

from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from types import TracebackType

from sam_backend.training.batch import Batch
from sam_backend.training.config import Phase, TrainConfig
from sam_backend.training.sampler import Sampler
from sam_backend.training.schedule import phase_at

AHEAD = 3
"""Batches kept ready per process."""

_samplers: list[Sampler] = []


class Feed:
    """What `Sampler.batch` gives, made by `workers` processes. A batch follows from seed and step alone, so the order
    in which they are made does not matter.

    Use as a context manager, so that the processes end.
    """

    def __init__(self, sampler: Sampler, config: TrainConfig, workers: int) -> None:
        self._config = config
        self._ahead = AHEAD * workers
        self._waiting: dict[int, Future[Batch]] = {}
        # Fresh processes: a fork would take CUDA's state along, which does not survive it.
        self._pool = ProcessPoolExecutor(workers, get_context("spawn"), _keep, (sampler,))

    def batch(self, step: int, phase: Phase) -> Batch:
        """The batch of a step; asks for those after it."""
        for later in range(step, min(step + self._ahead, self._config.steps)):
            if later not in self._waiting:
                self._waiting[later] = self._pool.submit(_make, later, phase_at(self._config, later))
        return self._waiting.pop(step).result()

    def __enter__(self) -> Feed:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)


def _keep(sampler: Sampler) -> None:
    import cv2

    cv2.setNumThreads(1)
    _samplers[:] = [sampler]


def _make(step: int, phase: Phase) -> Batch:
    return _samplers[0].batch(step, phase)

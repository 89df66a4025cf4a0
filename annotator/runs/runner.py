"""What one kind of run does. A Runner writes only `run()`; claiming, state, log and errors are worker.py's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Protocol

from annotator.runs.choices import Queue
from annotator.runs.models import Run


class RunFailed(Exception):
    """A failure that the runner declares: its sentence is shown as it is. Anything else counts as a crash."""


class RunCancelled(Exception):
    """Raised inside a runner at its next sign of life after someone cancelled the run, or another worker took it."""


class RunPaused(Exception):
    """Raised by a long runner to let others go first: the run is queued again with the progress it has.

    Its priority must be below theirs, or it is simply claimed again. `so_far` is found in `run.result` by then.
    """

    def __init__(self, so_far: dict[str, Any]) -> None:
        super().__init__("paused")
        self.so_far = so_far


class Context(Protocol):
    """What a runner may do to its run."""

    run: Run

    def progress(self, fraction: float, message: str = "") -> None:
        """Say how far the work is (0 to 1). Cheap: written at most a few times a second. Raises RunCancelled."""

    def log(self, line: str) -> None:
        """Add a line to the run's log."""

    def check(self) -> None:
        """Raise RunCancelled when the run is not ours any more; call it in long loops."""


class Runner(ABC):
    """The work of one kind of run. It may be started twice for the same run, so it must be idempotent."""

    kind: ClassVar[str]
    queue: ClassVar[Queue] = Queue.DEFAULT
    patient: ClassVar[bool] = False
    """Whether it waits for room on a full disk and tries again by itself, instead of failing: nobody asked for it in
    so many words, and it costs little to begin again."""

    @abstractmethod
    def run(self, context: Context) -> dict[str, Any]:
        """Do the work and return the run's `result`. Raises RunFailed with a sentence for the person."""

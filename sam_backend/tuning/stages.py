"""The four phases of a tuning, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import torch

from sam_backend.package import ModelPackage
from sam_backend.predictor import Predictor
from sam_backend.tuning import gate
from sam_backend.tuning.errors import TuneError
from sam_backend.tuning.export import check_graphs, describe, write_graphs
from sam_backend.tuning.families import load_tunable
from sam_backend.tuning.images import StoredImages
from sam_backend.tuning.learn import Learnt, learn
from sam_backend.tuning.records import Example, TuneOptions, TuneProgress
from sam_backend.tuning.report import Counts, TuneReport
from sam_backend.tuning.split import Split, split
from sam_backend.tuning.state import State
from sam_backend.tuning.verdict import NOTHING, sentence

Tell = Callable[[TuneProgress], None]
FILES = 3
"""Graphs written, graphs checked, card written."""


class Stages:
    """One tuning at work; `run` may be called once."""

    def __init__(self, parent: ModelPackage, options: TuneOptions, state: State, tell: Tell, began: float) -> None:
        self._parent, self._options, self._state, self._tell, self._began = parent, options, state, tell, began
        self._predictor = Predictor(parent, threads=options.threads)
        self._stored = StoredImages(self._predictor, parent.manifest.decoder.mask_size)
        self._device = _device(options.device)
        torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)

    def run(self, examples: Sequence[Example], fixed: Sequence[Example], folder: Path) -> TuneReport:
        """The report; `folder`, empty, holds the package after it if the report says so."""
        given = [example for example in examples if example.masks]
        # Their names may be names of the examples, too; what is stored goes by name.
        fixed = [replace(example, key=f"fixed image {example.key}") for example in fixed]
        known = self._read([*given, *fixed])
        sides, fixed = split(known[: len(given)], self._options), known[len(given) :]
        model = load_tunable(self._parent, self._device)
        learnt = learn(model, self._stored, sides, self._options, self._device, self._state, self._trained)
        if not learnt.share:
            return self._nothing(sides, learnt)
        self._tell(TuneProgress("export", 0, FILES))
        package = write_graphs(model, self._parent, folder, self._options)
        self._tell(TuneProgress("export", 1, FILES))
        check_graphs(model, package, self._stored.embedding(sides.train[0]), self._options.threads)
        self._tell(TuneProgress("export", 2, FILES))
        report = self._measured(package, sides, fixed, learnt)
        described = describe(package, self._parent, report, self._options)
        self._tell(TuneProgress("export", 3, FILES))
        return replace(report, sha256=described.sha256, seconds=round(time.monotonic() - self._began, 1))

    def _read(self, examples: Sequence[Example]) -> tuple[Example, ...]:
        """Every embedding once, so that what is wrong is said before the work and not in the middle of it."""
        clock = _Clock(self._tell, "read", len(examples))
        return self._stored.checked(examples, clock)

    def _trained(self, done: int, total: int, loss: float | None, left: float | None) -> None:
        self._tell(TuneProgress("train", done, total, loss, left))

    def _measured(
        self, package: ModelPackage, sides: Split, fixed: Sequence[Example], learnt: Learnt
    ) -> TuneReport:  # fmt: skip
        options, models = (
            self._options,
            {gate.OLD: self._predictor, gate.NEW: Predictor(package, self._options.threads)},
        )
        drawn = {
            name: gate.drawn(side, options.most_measured, options.seed)
            for name, side in (("held_out", sides.held_out), ("fixed", fixed))
        }
        total = 2 * sum(len(masks) for side in drawn.values() for _, masks in side)
        clock = _Clock(self._tell, "measure", total)
        rows = {
            name: gate.measure(name, models, self._stored, side, options.clicks, self._state, clock)
            for name, side in drawn.items()
        }
        if not rows["held_out"]:
            raise TuneError(
                "The held-out masks are all too small to be clicked on. Accept larger ones, then try again."
            )
        changed, forgotten = gate.changes(rows["held_out"]), gate.changes(rows["fixed"])
        counts = _counts(sides, rows["held_out"], rows["fixed"])
        return TuneReport(
            written=True, sha256="", parent=self._parent.sha256, counts=counts, steps=learnt.steps,
            best_step=learnt.best_step, share=learnt.share, seconds=0.0, train_seconds=round(learnt.seconds, 1),
            device=self._device, better=gate.is_better(changed), sentence=sentence(changed, forgotten, counts),
            metrics=changed, forgetting=forgotten,
        )  # fmt: skip

    def _nothing(self, sides: Split, learnt: Learnt) -> TuneReport:
        return TuneReport(
            written=False, sha256="", parent=self._parent.sha256, counts=_counts(sides, [], []), steps=learnt.steps,
            best_step=0, share=0.0, seconds=round(time.monotonic() - self._began, 1),
            train_seconds=round(learnt.seconds, 1), device=self._device, better=False, sentence=NOTHING,
        )  # fmt: skip


class _Clock:
    """Counts what is done in a phase and reckons what is left."""

    def __init__(self, tell: Tell, phase: Literal["read", "measure"], total: int) -> None:
        self._tell, self._phase, self._total, self._done = tell, phase, total, 0
        self._began = time.monotonic()
        tell(TuneProgress(phase, 0, total))

    def __call__(self, more: int = 1) -> None:
        self._done += more
        each = (time.monotonic() - self._began) / self._done
        left = each * (self._total - self._done)
        self._tell(TuneProgress(self._phase, self._done, self._total, seconds_left=left))


def _device(wanted: str) -> str:
    """Raises TuneError where CUDA is wanted and not there."""
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise TuneError('PyTorch sees no GPU here. Choose the device "auto" or "cpu".')
    return "cuda" if there and wanted != "cpu" else "cpu"


def _counts(sides: Split, measured: Sequence[gate.Row], fixed: Sequence[gate.Row]) -> Counts:
    def masks(examples: Sequence[Example]) -> int:
        return sum(len(example.masks) for example in examples)

    return Counts(
        train_images=len(sides.train), train_masks=masks(sides.train),
        check_images=len(sides.check), check_masks=masks(sides.check),
        held_out_images=len(sides.held_out), held_out_masks=masks(sides.held_out),
        measured_images=len({row["key"] for row in measured}), measured_masks=len(measured),
        fixed_images=len({row["key"] for row in fixed}), fixed_masks=len(fixed),
    )  # fmt: skip

"""Rows of a measurement and the clock behind them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measured configuration.

    Attributes:
        part: "decoder" or "encoder".
        name: what ran.
        backend: on what.
        threads: CPU threads; 0 on a GPU.
        detail: prompt tokens, batch size and the like.
        median_ms: per click, or per image.
        ratio: median over the baseline's, of the same part and thread count.
        error: against the baseline, relative to its standard deviation (decoders) or norm (encoders).
        peak_mb: peak memory of a process that did nothing else, or of the GPU.
    """

    part: str
    name: str
    backend: str
    threads: int
    detail: str
    median_ms: float
    ratio: float | None = None
    error: float | None = None
    peak_mb: float | None = None

    @property
    def images_per_s(self) -> float | None:
        """Images per second of an encoder."""
        return 1000 / self.median_ms if self.part == "encoder" else None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, without what was not measured."""
        fields = asdict(self) | {"images_per_s": self.images_per_s}
        return {key: value for key, value in fields.items() if value is not None}


def median_ms(run: Callable[[], object], repeats: int, warm_up: int = 2) -> float:
    """Median wall time of `run` in milliseconds."""
    for _ in range(warm_up):
        run()
    return statistics.median(_once(run) for _ in range(repeats))


def _once(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def interleaved_ms(runs: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Medians of several rivals, measured in turns so that a busy moment of the machine hits all of them."""
    for run in runs.values():
        run()
        run()
    samples: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            samples[name].append(_once(run))
    return {name: statistics.median(values) for name, values in samples.items()}


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    heads = ("part", "name", "backend", "threads", "detail", "median ms", "ratio", "error", "peak MB", "images/s")
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for row in rows:
        cells = [row.part, row.name, row.backend, str(row.threads), row.detail, f"{row.median_ms:.1f}"]
        cells += [_number(row.ratio, ".2f"), _number(row.error, ".0e"), _number(row.peak_mb, ",.0f")]
        cells += [_number(row.images_per_s, ".2f")]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)

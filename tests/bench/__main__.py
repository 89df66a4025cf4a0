"""`make bench`: run every tests/bench/bench_*.py and write bench/results/NAME.json.

A benchmark is a module with `measure() -> list[Measure]`. `make bench ARGS="decoder"` runs those whose name has it.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measure import Measure

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "bench" / "results"


def names(words: list[str]) -> list[str]:
    """Benchmarks whose name contains one of the words, or all of them."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    return [name for name in found if not words or any(word in name for word in words)]


def run(name: str) -> list[Measure]:
    """Run one benchmark and write its results."""
    began = time.monotonic()
    measures: list[Measure] = importlib.import_module(f"tests.bench.{name}").measure()
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        "seconds": round(time.monotonic() - began, 1),
        "results": [entry.as_json() for entry in measures],
    }
    (RESULTS / f"{name.removeprefix('bench_')}.json").write_text(json.dumps(report, indent=2) + "\n")
    return measures


def main(words: list[str]) -> int:
    """Run and print a table; 0 when at least one benchmark ran."""
    chosen = names(words)
    for name in chosen:
        print(f"\n{name.removeprefix('bench_')}", flush=True)
        for entry in run(name):
            print(
                f"  {entry.name:<44} {entry.value:>12.4g} {entry.unit:<10} "
                f"{entry.ratio:>7.2f} × {entry.baseline} ({entry.baseline_value:.4g})",
                flush=True,
            )
    if not chosen:
        print(f"No benchmark is called {' or '.join(words) or 'anything'}.", file=sys.stderr)
    return 0 if chosen else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

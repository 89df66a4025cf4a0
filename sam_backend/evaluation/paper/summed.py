"""From what was measured of each set to the JSON of the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Pick = npt.NDArray[np.int64]
Values = dict[str, float]


@dataclass(frozen=True)
class Part:
    """One set. `values` gives its numbers for a choice of its images (places, with repeats), NaN for an unknown one."""

    name: str
    images: int
    masks: int
    values: Callable[[Pick], Values]


def summary(parts: Sequence[Part], draws: int = 1000, seed: int = 0) -> dict[str, Any]:
    """Return `{"overall", "intervals", "sets", "n", "images"}`.

    "overall" is the mean over the sets of each number, "sets" has each set by itself with its own "intervals".
    Intervals are 95 %, by the bootstrap over images: masks of one image are not independent. None for what cannot be
    known, such as the interval of a single image; from fewer than some ten images intervals are too narrow.
    """
    found, drawn = {}, {}
    for number, part in enumerate(parts):
        rng = np.random.default_rng([seed, number])
        found[part.name] = part.values(np.arange(part.images))
        picks = rng.integers(part.images, size=(draws if part.images > 1 else 0, part.images))
        drawn[part.name] = [part.values(pick) for pick in picks]
    names = list(dict.fromkeys(name for values in found.values() for name in values))
    return {
        "overall": {name: _rounded(_mean([values.get(name) for values in found.values()])) for name in names},
        "intervals": {name: _over_sets(drawn, found, name) for name in names},
        "sets": {
            part.name: {name: _rounded(value) for name, value in found[part.name].items()}
            | {"n": part.masks, "images": part.images}
            | {"intervals": {name: _interval(_column(drawn[part.name], name)) for name in found[part.name]}}
            for part in parts
        },
        "n": sum(part.masks for part in parts),
        "images": sum(part.images for part in parts),
    }


def _over_sets(drawn: Mapping[str, list[Values]], found: Mapping[str, Values], name: str) -> list[float] | None:
    known = [key for key, values in found.items() if not np.isnan(values.get(name, np.nan))]
    if not known or any(not drawn[key] for key in known):
        return None
    columns = np.array([_column(drawn[key], name) for key in known])
    return _interval(columns.mean(0))


def _column(rows: Sequence[Values], name: str) -> npt.NDArray[np.float64]:
    return np.array([row.get(name, np.nan) for row in rows], np.float64)


def _interval(values: npt.NDArray[np.float64]) -> list[float] | None:
    known = values[~np.isnan(values)]
    return [round(float(value), 4) for value in np.percentile(known, [2.5, 97.5])] if len(known) else None


def _mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None and not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def table(found: Mapping[str, Any]) -> str:
    """Markdown: one row per number, all sets together and each by itself, with 95 % intervals."""
    sets = found["sets"] if len(found["sets"]) > 1 else {}
    lines = ["| | all | " + "".join(f"{name} | " for name in sets), "|---" * (2 + len(sets)) + "|"]
    for name, value in found["overall"].items():
        cells = [_cell(value, found["intervals"].get(name))]
        cells += [_cell(one.get(name), one["intervals"].get(name)) for one in sets.values()]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: float | None, interval: Sequence[float] | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" ({interval[0]:.3f}–{interval[1]:.3f})" if interval else "")

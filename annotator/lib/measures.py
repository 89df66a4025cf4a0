"""Agreement as numbers, each with its interval: means over images, and Krippendorff's alpha.

Everything is added up image by image, and intervals come from drawing whole images again (bootstrap; Efron and
Tibshirani 1993, ch. 13: percentiles), as objects of one image do not agree or differ independently of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS, CHUNK, SEED = 1000, 50, 2021
Sums = npt.NDArray[np.float64]
"""[images, columns]: what is added up."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its 95 % interval; None where there is too little to say (one image has no interval)."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def to_json(self) -> dict[str, float | None]:
        """Return it as plain data."""
        return {"value": _rounded(self.value), "low": _rounded(self.low), "high": _rounded(self.high)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def mean(sums: Sequence[float], counts: Sequence[float]) -> Measure:
    """Return the sum of `sums` by that of `counts`, one of each for every image."""
    return _measured(np.array([sums, counts], float).T, lambda table: _divided(table[:, 0], table[:, 1]))


def alpha(images: Iterable[Iterable[Sequence[str | None]]]) -> Measure:
    """Return Krippendorff's alpha for nominal data. Each image is a list of units (objects); a unit is the value that
    each person gave it, None for who gave none. A unit with one value says nothing and is left out (Krippendorff 2011,
    "Computing Krippendorff's Alpha-Reliability", section C: nominal data, any number of observers, missing data).
    None where only one value occurs: then there is no agreement to expect less than."""
    tables = [_coincidences(units) for units in images]
    values = sorted({value for _, counts in tables for value in counts})
    table = np.array([[differing, *(counts.get(value, 0) for value in values)] for differing, counts in tables], float)
    return _measured(table.reshape(len(tables), 1 + len(values)), _alpha)


def _coincidences(units: Iterable[Sequence[str | None]]) -> tuple[float, dict[str, int]]:
    """Return the sum of coincidences off the diagonal, and how often each value occurs in units that can be paired."""
    differing, counts = 0.0, dict[str, int]()
    for unit in units:
        given = [value for value in unit if value is not None]
        if len(given) < 2:
            continue
        there = {value: given.count(value) for value in given}
        differing += sum(n * (len(given) - n) for n in there.values()) / (len(given) - 1)
        for value, n in there.items():
            counts[value] = counts.get(value, 0) + n
    return differing, counts


def _alpha(table: Sums) -> Sums:
    """1 − observed by expected disagreement, for rows of [off-diagonal coincidences, occurrences of each value]."""
    n = table[:, 1:].sum(axis=1)
    expected = n**2 - (table[:, 1:] ** 2).sum(axis=1)
    return 1 - _divided((n - 1) * table[:, 0], expected)


def _divided(over: Sums, under: Sums) -> Sums:
    found: Sums = np.divide(over, under, out=np.full(len(under), np.nan), where=under > 0)
    return found


def _measured(table: Sums, formula: Callable[[Sums], Sums]) -> Measure:
    if not len(table):
        return Measure(None)
    value = float(formula(table.sum(axis=0, keepdims=True))[0])
    if np.isnan(value):
        return Measure(None)
    if len(table) < 2:
        return Measure(value)
    drawn = np.concatenate([formula(sums) for sums in _drawn(table)])
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (value, value)
    return Measure(value, float(low), float(high))


def _drawn(table: Sums) -> Iterator[Sums]:
    """Yield the sums of as many images as there are, drawn again and again; the same each time it is asked."""
    rng = np.random.default_rng(SEED)
    images = len(table)
    for _ in range(DRAWS // CHUNK):
        weights = rng.multinomial(images, np.full(images, 1 / images), size=CHUNK)
        yield weights @ table

"""Whether an order of labelling helps: a decoder learns from the first masks of each order, and is measured.

Of one drawn pool of images a few are taken for labelled; the others are put into each order (`sam_backend.choosing`),
and the first of them, until there are so many masks, are learnt from as in `tune`. Clicks are counted on images outside
of the pool, the same for all orders. Differences to random order are taken mask by mask; their interval draws pools
(seeds) and images again, each with replacement, for chance is in both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.choosing import ORDERS, Order, Outlook, order_of, outlook
from sam_backend.package import ModelPackage, load_package
from sam_backend.predictor import Predictor
from sam_backend.tuning import gate
from sam_backend.tuning.export import write_graphs
from sam_backend.tuning.families import load_tunable
from sam_backend.tuning.images import StoredImages
from sam_backend.tuning.learn import learn
from sam_backend.tuning.records import Example, TuneOptions
from sam_backend.tuning.split import Split
from sam_backend.tuning.state import State

METRICS = ("noc85", "miou_1_top", "miou_3")
DRAWS = 2000
NONE = "none"
"""The model as it was, beside the orders."""
Values = npt.NDArray[np.float64]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Trial:
    """What one measurement draws.

    Attributes:
        pool, labelled, check: images to choose from, taken for labelled, that choose the weights (as many for all).
        masks: learnt from. seeds: pools drawn.
    """

    pool: int = 40
    labelled: int = 2
    check: int = 2
    masks: int = 40
    seeds: int = 3


class Ordered:
    """Trains and measures on one set of images.

    Args:
        examples: to draw pools from; `tested`: those on which clicks are counted.
        orders: to compare; "random" is one of them.
        folder: what is done is kept there, so that a killed measurement goes on.
    """

    def __init__(
        self, parent: ModelPackage, examples: Sequence[Example], tested: Sequence[Example], trial: Trial,
        options: TuneOptions, folder: Path, tell: Tell, orders: Sequence[Order] = ORDERS,
    ) -> None:  # fmt: skip
        if len(examples) < trial.labelled + trial.check + 2 or not tested:
            raise ValueError(f"{len(examples)} images to choose from and {len(tested)} to measure on are too few.")
        self._parent, self._examples, self._trial, self._options = parent, examples, trial, options
        self._folder, self._tell, self._orders = folder, tell, orders
        self._predictor = Predictor(parent, options.threads)
        self._stored = StoredImages(self._predictor, parent.manifest.decoder.mask_size)
        self._masks = gate.drawn(tested, options.most_measured, options.seed)
        self._outlooks: dict[str, Outlook] = {}

    def rows(self) -> list[dict[str, Any]]:
        """One for each pool and order, with the scores of every mask; the model as it was is the first."""
        kept = State(self._folder / "rows", repr((self._parent.sha256, self._trial, self._options)))
        found: list[dict[str, Any]] = []
        for seed in range(self._trial.seeds):
            for order in (NONE, *self._orders):
                name = NONE if order == NONE else f"{order}-{seed}"
                row = kept.get(name)
                if row is None:
                    package = self._parent if order == NONE else self._learnt(name, self._chosen(order, seed), seed)
                    row = {"order": order, "seed": seed, "scores": self._scores(name, package)}
                    kept.put(name, row)
                    self._tell(f"{name}: {np.mean([one['noc85'] for one in row['scores']]):.2f} clicks to 0.85")
                found.append({**row, "seed": seed})
        return found

    def _chosen(self, order: str, seed: int) -> Split:
        trial = self._trial
        drawn = np.random.default_rng([7, seed]).permutation(len(self._examples))
        images = [self._examples[at] for at in drawn[: trial.pool + trial.labelled + trial.check]]
        check, known, pool = images[: trial.check], images[trial.check :][: trial.labelled], None
        pool = images[trial.check + trial.labelled :]
        places = order_of(
            [self._outlook(one) for one in pool], [self._outlook(one) for one in known], order, seed  # type: ignore[arg-type]
        )  # fmt: skip
        taken, left = list(known), trial.masks - sum(len(one.masks) for one in known)
        for at in places:
            if left <= 0:
                break
            taken.append(replace(pool[at], masks=pool[at].masks[:left]))
            left -= len(taken[-1].masks)
        return Split(tuple(taken), tuple(check), ())

    def _outlook(self, example: Example) -> Outlook:
        if example.key not in self._outlooks:
            self._outlooks[example.key] = outlook(self._predictor, self._stored.embedding(example))
        return self._outlooks[example.key]

    def _learnt(self, name: str, sides: Split, seed: int) -> ModelPackage:
        target = self._folder / name
        if (target / "manifest.json").is_file():
            return load_package(target)
        model, options = load_tunable(self._parent, "cpu"), replace(self._options, seed=seed)
        state = State(self._folder / f"{name}.state", "orders")
        learn(model, self._stored, sides, options, "cpu", state, lambda *_: None)
        target.mkdir(exist_ok=True)
        return write_graphs(model, self._parent, target, options)

    def _scores(self, name: str, package: ModelPackage) -> list[dict[str, Any]]:
        state = State(self._folder / f"{name}.measured", "orders")
        models: Mapping[str, Predictor] = {"it": Predictor(package, self._options.threads)}
        rows = gate.measure(name, models, self._stored, self._masks, self._options.clicks, state, lambda _: None)
        return [{"group": row["group"], **{metric: row["it"][metric] for metric in METRICS}} for row in rows]


def compared(sets: Mapping[str, Sequence[Mapping[str, Any]]], orders: Sequence[Order] = ORDERS) -> dict[str, Any]:
    """Of rows by set: for each order and metric the mean over sets, and the difference to random order with its 95 %
    interval. `helps` says of an order whether the whole interval of the difference of clicks is below 0."""
    told = {order: {metric: _told(sets, order, metric) for metric in METRICS} for order in (NONE, *orders)}
    helps = [
        order for order in orders if order != "random" and told[order]["noc85"]["high"] < 0
    ]  # fmt: skip
    return {"orders": told, "helps": helps}


def _told(sets: Mapping[str, Sequence[Mapping[str, Any]]], order: str, metric: str) -> dict[str, float]:
    tables = [_table(rows, order, metric) for rows in sets.values()]
    apart = [
        (_table(rows, order, metric)[0] - _table(rows, "random", metric)[0], groups)
        for rows, (_, groups) in zip(sets.values(), tables, strict=True)
    ]  # fmt: skip
    rng = np.random.default_rng(0)
    drawn = np.mean([_again(values, groups, rng) for values, groups in apart], axis=0)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {
        "mean": round(float(np.mean([values.mean() for values, _ in tables])), 4),
        "difference": round(float(np.mean([values.mean() for values, _ in apart])), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }


def _table(rows: Sequence[Mapping[str, Any]], order: str, metric: str) -> tuple[Values, list[str]]:
    """Values [seeds, masks], and each mask's group."""
    mine = [row["scores"] for row in rows if row["order"] == order]
    return np.array([[one[metric] for one in scores] for scores in mine], float), [one["group"] for one in mine[0]]


def _again(values: Values, groups: list[str], rng: np.random.Generator) -> Values:
    """Means of `DRAWS` draws of seeds and of groups of masks."""
    names = sorted(set(groups))
    columns = [np.flatnonzero(np.array(groups) == name) for name in names]
    sums = np.stack([values[:, column].sum(1) for column in columns], 1)
    counts = np.array([len(column) for column in columns], float)
    found = np.empty(DRAWS)
    for draw in range(DRAWS):
        seeds = rng.integers(len(values), size=len(values))
        picked = rng.integers(len(names), size=len(names))
        found[draw] = sums[np.ix_(seeds, picked)].sum() / (counts[picked].sum() * len(seeds))
    return found

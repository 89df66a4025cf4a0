"""What came of a tuning: numbers of the parent beside the new model's, each with an interval, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

METRICS = ("miou_1_top", "miou_3", "miou_5", "miou_box", "noc85", "noc90")
"""IoU after 1, 3 and 5 clicks and from a box; clicks to IoU 0.85 and 0.90 (names as in `sam_backend.evaluation`)."""
FEWER_IS_BETTER = ("noc85", "noc90")


@dataclass(frozen=True)
class Value:
    """A mean with its 95 % bootstrap interval, resampled by image."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """One metric on the same masks: the parent's, the new model's, and new minus old (paired)."""

    old: Value
    new: Value
    difference: Value


def worse(changed: Mapping[str, Change]) -> list[str]:
    """Return the metrics that are worse with confidence: the whole interval of the difference says so."""
    return [name for name, change in changed.items() if _lost(name, change.difference)]


def _lost(name: str, difference: Value) -> bool:
    return difference.low > 0 if name in FEWER_IS_BETTER else difference.high < 0


@dataclass(frozen=True)
class Counts:
    """What was learnt from and what it was measured on. `check` images chose the weights; `measured` are the masks of
    the held-out side that were asked for (all, or `most_measured`)."""

    train_images: int
    train_masks: int
    check_images: int
    check_masks: int
    held_out_images: int
    held_out_masks: int
    measured_images: int
    measured_masks: int
    fixed_images: int = 0
    fixed_masks: int = 0


@dataclass(frozen=True)
class TuneReport:
    """The result of `tune`.

    Attributes:
        written: whether there is a package. False where nothing that was learnt helped even on the images that choose
            the weights: the new model would be the parent, so none is written, and `metrics` is empty.
        sha256: of the new package (its manifest's hash), empty without one; `parent` is the parent's.
        steps: trained; `best_step` is the one whose weights were taken, `share` how much of them: new = parent +
            share · (trained − parent), chosen on the check images.
        seconds: of all phases together; `train_seconds` of training.
        device: what trained.
        metrics: by name (`METRICS`), on the held-out images.
        forgetting: the same on the fixed images; empty where none were given.
        better: fewer clicks to 0.85 with confidence (the whole interval of the difference below 0), and no other
            metric worse with confidence.
        sentence: the verdict for a person.
    """

    written: bool
    sha256: str
    parent: str
    counts: Counts
    steps: int
    best_step: int
    share: float
    seconds: float
    train_seconds: float
    device: str
    better: bool
    sentence: str
    metrics: Mapping[str, Change] = field(default_factory=dict)
    forgetting: Mapping[str, Change] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain dicts, strings and numbers, which `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TuneReport:
        """Raises ValueError where `data` is not what `to_json` gave."""
        try:
            plain = dict(data)
            plain["counts"] = Counts(**plain["counts"])
            for name in ("metrics", "forgetting"):
                plain[name] = {metric: _change(change) for metric, change in plain[name].items()}
            return cls(**plain)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"This is not a report of a tuning: {error}") from error


def _change(data: Mapping[str, Any]) -> Change:
    return Change(*(Value(**data[side]) for side in ("old", "new", "difference")))

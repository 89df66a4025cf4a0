"""Scores of many masks, and the summary that the command line writes and the app stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.evaluation.examples import Example
from sam_backend.evaluation.groups import by_group
from sam_backend.evaluation.metrics import bootstrap_interval, calibration_error, mean_over_sets
from sam_backend.evaluation.protocol import MaskScore
from sam_backend.evaluation.sizes import by_size, leads


@dataclass
class Evaluation:
    """Scores of every mask; `summary` is the JSON of the command line."""

    scores: list[MaskScore] = field(default_factory=list)
    baselines: dict[str, list[MaskScore]] = field(default_factory=dict)
    compared: list[MaskScore] = field(default_factory=list)
    """The model's scores on the masks that the baselines were asked for too."""
    examples: list[Example] = field(default_factory=list)

    def add(self, other: Evaluation) -> None:
        """Appends what another part measured."""
        self.scores += other.scores
        self.examples += other.examples
        self.compared += other.compared
        for name, scores in other.baselines.items():
            self.baselines.setdefault(name, []).extend(scores)

    def summary(self) -> dict[str, Any]:
        """`{"overall", "sets", "baselines", "n", "intervals"}`; means over masks per set, then over sets. Where masks
        have labels, "labels" holds the means over each label's masks; "compared" is the model on the baselines'
        masks. Where masks belong to groups, "groups" is `by_group` of groups.py. "sizes" and "leads" are `by_size`
        and, with baselines, `leads` of sizes.py."""
        labels = {name: [s for s in self.scores if s.label == name] for name in sorted({s.label for s in self.scores})}
        sets = {name: [s for s in self.scores if s.set == name] for name in sorted({s.set for s in self.scores})}
        grouped = any(score.group for score in self.scores)
        return (
            {
                "overall": _means(self.scores) | {"calibration_error": _calibration(self.scores)},
                "sets": {name: _counted(scores) for name, scores in sets.items()},
                "baselines": {name: _means(scores) for name, scores in self.baselines.items()},
                "compared": _counted(self.compared),
                "n": len(self.scores),
                "intervals": _intervals(self.scores),
                "sizes": by_size(self.scores),
                "leads": leads(self.compared, self.baselines) if self.baselines else {},
            }
            | ({"labels": {name: _counted(scores) for name, scores in labels.items()}} if set(labels) - {""} else {})
            | ({"groups": by_group(self.scores)} if grouped else {})
        )


def _names(scores: Sequence[MaskScore]) -> list[str]:
    return sorted({name for score in scores for name in score.values})


def _column(scores: Sequence[MaskScore], name: str) -> npt.NDArray[np.float64]:
    return np.array([s.values.get(name, float("nan")) for s in scores])


def _means(scores: Sequence[MaskScore]) -> dict[str, float]:
    sets = [s.set for s in scores]
    return {name: round(mean_over_sets(_column(scores, name), sets), 4) for name in _names(scores)}


def _counted(scores: Sequence[MaskScore]) -> dict[str, float]:
    return _means(scores) | {"n": len(scores)}


def _calibration(scores: Sequence[MaskScore]) -> float:
    predicted = np.array([s.predicted for s in scores])
    return round(calibration_error(predicted, np.array([s.measured for s in scores])), 4)


def _intervals(scores: Sequence[MaskScore]) -> dict[str, list[float]]:
    images, sets = [s.image for s in scores], [s.set for s in scores]
    return {
        name: [round(v, 4) for v in bootstrap_interval(_column(scores, name), images, sets)] for name in _names(scores)
    }

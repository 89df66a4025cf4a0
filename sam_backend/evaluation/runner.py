"""Scores a segmenter (and the classical baselines) on drawn masks and sums up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sam_backend.evaluation.baselines import BOX_BASELINES, CLICK_BASELINES, FromClicks
from sam_backend.evaluation.clicks import Mask, centre_click, mask_box, next_click
from sam_backend.evaluation.examples import Example, draw_example
from sam_backend.evaluation.metrics import bootstrap_interval, calibration_error, iou, mean_over_sets
from sam_backend.evaluation.protocol import MaskScore, Sample, Segmenter, score_mask
from sam_backend.evaluation.samples import draw_masks, load_pixels
from sam_backend.training.records import Record

Progress = Callable[[int, int], None]
BASELINE_CLICKS = {"grabcut": 5, "random_walker": 5, "felzenszwalb": 1, "flood_fill": 1}
"""How far each baseline is clicked: the segment and fill tools are judged at one click."""


@dataclass
class Evaluation:
    """Scores of every mask; `summary` is the JSON of the command line."""

    scores: list[MaskScore] = field(default_factory=list)
    baselines: dict[str, list[MaskScore]] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """`{"overall", "sets", "baselines", "n", "intervals"}`; means over masks per set, then over sets."""
        return {
            "overall": _means(self.scores) | {"calibration_error": _calibration(self.scores)},
            "sets": {
                name: _means([s for s in self.scores if s.set == name]) | {"n": sum(s.set == name for s in self.scores)}
                for name in sorted({s.set for s in self.scores})
            },
            "baselines": {name: _means(scores) for name, scores in self.baselines.items()},
            "n": len(self.scores),
            "intervals": _intervals(self.scores),
        }


def evaluate(
    segmenter: Segmenter,
    records: Sequence[Record],
    *,
    clicks: int = 20,
    baselines: bool = False,
    keep_examples: bool = False,
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """Runs the protocol over pictures; see `score_mask` for what is asked of each mask."""
    result = Evaluation()
    for done, record in enumerate(records):
        pixels = load_pixels(record)
        segmenter.set_image(pixels)
        for index, sample in enumerate(draw_masks(record)):
            score = score_mask(segmenter, sample, clicks=clicks, jitter_seed=index)
            result.scores.append(score)
            if keep_examples:
                result.examples.append(_example(pixels, sample, score))
            score.answer = None
            if baselines:
                _score_baselines(result, pixels, sample)
        progress(done + 1, len(records))
    return result


def _example(pixels: npt.NDArray[np.uint8], sample: Sample, score: MaskScore) -> Example:
    assert score.answer is not None
    mask, click = score.answer
    drawn = draw_example(pixels, mask, sample.truth, click)
    return Example(drawn, score.values["miou_1_top"], f"{sample.set} {sample.image}")


def _score_baselines(result: Evaluation, pixels: npt.NDArray[np.uint8], sample: Sample) -> None:
    for name, tool in CLICK_BASELINES.items():
        score = MaskScore(sample.set, sample.image, float(sample.truth.mean()))
        score.values = _baseline_clicks(tool, pixels, sample.truth, BASELINE_CLICKS[name])
        if name in BOX_BASELINES:
            score.values["miou_box"] = iou(BOX_BASELINES[name](pixels, mask_box(sample.truth)), sample.truth)
        result.baselines.setdefault(name, []).append(score)
    score = MaskScore(sample.set, sample.image, float(sample.truth.mean()))
    score.values = {"miou_box": iou(BOX_BASELINES["fill_box"](pixels, mask_box(sample.truth)), sample.truth)}
    result.baselines.setdefault("fill_box", []).append(score)


def _baseline_clicks(tool: FromClicks, pixels: npt.NDArray[np.uint8], truth: Mask, clicks: int) -> dict[str, float]:
    given = [centre_click(truth, 1)]
    mask = tool(pixels, given)
    ious = [iou(mask, truth)]
    while len(given) < clicks and (click := next_click(mask, truth)) is not None:
        given.append(click)
        mask = tool(pixels, given)
        ious.append(iou(mask, truth))
    return {f"miou_{'1_top' if n == 1 else n}": ious[min(n, len(ious)) - 1] for n in (1, 3, 5) if n <= clicks}


def _names(scores: Sequence[MaskScore]) -> list[str]:
    return sorted({name for score in scores for name in score.values})


def _column(scores: Sequence[MaskScore], name: str) -> npt.NDArray[np.float64]:
    return np.array([s.values.get(name, float("nan")) for s in scores])


def _means(scores: Sequence[MaskScore]) -> dict[str, float]:
    sets = [s.set for s in scores]
    return {name: round(mean_over_sets(_column(scores, name), sets), 4) for name in _names(scores)}


def _calibration(scores: Sequence[MaskScore]) -> float:
    predicted = np.array([s.predicted for s in scores])
    return round(calibration_error(predicted, np.array([s.measured for s in scores])), 4)


def _intervals(scores: Sequence[MaskScore]) -> dict[str, list[float]]:
    images, sets = [s.image for s in scores], [s.set for s in scores]
    return {
        name: [round(v, 4) for v in bootstrap_interval(_column(scores, name), images, sets)] for name in _names(scores)
    }

"""The measuring protocol: what is asked of a model for one mask, as a person using the editor would ask it.

One click: the best-scored of three candidates ("top") and the best of the three by ground truth ("oracle").
More prompts: the unambiguous mask (token 0, paper section 3), previous logits fed back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sam_backend.evaluation.clicks import Click, centre_click, mask_box, next_click
from sam_backend.evaluation.distance import Mask
from sam_backend.evaluation.metrics import boundary_iou, has_stray_components, iou, number_of_clicks

NOC_CAP = 20
"""Most clicks counted by NoC (Xu et al. 2016)."""
NOC_THRESHOLDS = (85, 90)
"""IoU in per cent that NoC@85 and NoC@90 ask for."""
LOST = 0.05
"""A correction that costs more IoU than this is a lost step."""
LAST_MEAN = 5
"""The last number of clicks with a mean of its own."""


class Segmenter(Protocol):
    """Anything that answers prompts like `sam_backend.Predictor`: with masks finished as the editor shows them."""

    def set_image(self, rgb: npt.NDArray[np.uint8]) -> None: ...

    def predict(
        self,
        points: npt.NDArray[np.float32] | None = None,
        labels: npt.NDArray[np.int64] | None = None,
        box: npt.NDArray[np.float32] | None = None,
        mask_input: npt.NDArray[np.float32] | None = None,
    ) -> Any: ...


@dataclass(frozen=True)
class Sample:
    """One mask to find; `image` names the image within its `set`."""

    set: str
    image: str
    truth: Mask
    label: str = ""
    """What it shows, where that is known: scores are then given per label too."""
    group: str = ""
    """The group it belongs to, where groups are compared; blank: none."""


@dataclass
class MaskScore:
    """What one mask scored. `values` holds the metrics by name; NaN where one was not asked for."""

    set: str
    image: str
    area: float
    label: str = ""
    values: dict[str, float] = field(default_factory=dict)
    group: str = ""
    predicted: float = float("nan")
    """Predicted IoU of the top-scored mask, before the "keep the clicked part" rule."""
    measured: float = float("nan")
    """Its measured IoU."""
    answer: tuple[Mask, Click] | None = None
    """The one-click mask after the rule, and the click; dropped once drawn."""


def score_mask(segmenter: Segmenter, sample: Sample, *, clicks: int, jitter_seed: int) -> MaskScore:
    """Runs every prompt of the protocol for one mask; the segmenter already holds the image.

    Args:
        clicks: most clicks simulated, 5 to `NOC_CAP`; NoC counts an unreached threshold as this cap.
        jitter_seed: seed of the jittered variant.
    """
    truth = sample.truth
    score = MaskScore(sample.set, sample.image, float(truth.mean()), sample.label)
    rounds = _click_rounds(segmenter, truth, clicks, None, score)
    score.values |= {f"miou_{n}": rounds[min(n, len(rounds)) - 1] for n in (3, 5) if n <= clicks}
    score.values |= {f"noc{t}": float(number_of_clicks(rounds, t / 100, clicks)) for t in NOC_THRESHOLDS}
    jittered = _click_rounds(segmenter, truth, min(clicks, LAST_MEAN), np.random.default_rng(jitter_seed), None)
    score.values |= {f"miou_{n}_jittered": jittered[min(n, len(jittered)) - 1] for n in (1, 3, 5) if n <= clicks}
    score.values |= {"lost_steps": lost_steps(rounds), "lost_steps_jittered": lost_steps(jittered)}
    boxed = segmenter.predict(box=mask_box(truth))
    score.values["miou_box"] = iou(boxed.mask(0), truth)
    return score


def lost_steps(rounds: Sequence[float]) -> float:
    """Share of the corrections up to the last mean's click that make a mask worse by more than `LOST`; NaN without any.

    Args:
        rounds: IoU after each click.
    """
    steps = [after - before for before, after in pairwise(rounds[:LAST_MEAN])]
    return sum(step < -LOST for step in steps) / len(steps) if steps else float("nan")


def _click_rounds(
    segmenter: Segmenter, truth: Mask, clicks: int, rng: np.random.Generator | None, score: MaskScore | None
) -> list[float]:
    """IoU after each click. The first round fills `score`'s one-click values.

    Stops at a perfect mask, and as soon as later clicks can change no number: every threshold of NoC is reached and
    the last mean that is reported (5 clicks) is known.
    """
    given = [centre_click(truth, 1, rng)]
    prediction = segmenter.predict(*_arrays(given))
    top = 1 + int(np.argmax(prediction.scores[1:]))
    mask, logits = prediction.mask(top), prediction.logits[top]
    if score is not None:
        _one_click_values(score, prediction, top, mask, given[0], truth)
    ious = [iou(mask, truth)]
    while len(given) < clicks and (len(given) < LAST_MEAN or max(ious) < max(NOC_THRESHOLDS) / 100):
        click = next_click(mask, truth, rng)
        if click is None:
            break
        given.append(click)
        prediction = segmenter.predict(*_arrays(given), mask_input=logits)
        mask, logits = prediction.mask(0), prediction.logits[0]
        ious.append(iou(mask, truth))
    return ious


def _one_click_values(score: MaskScore, prediction: Any, top: int, mask: Mask, click: Click, truth: Mask) -> None:
    candidates = [iou(prediction.mask(token), truth) for token in (1, 2, 3)]
    whole = prediction.mask(top, "all")
    score.values |= {
        "miou_1_oracle": max(candidates),
        "miou_1_top": candidates[top - 1],
        "miou_1_raw": iou(whole, truth),
        "boundary_iou_1": boundary_iou(mask, truth),
        "stray_1": float(has_stray_components(whole)),
    }
    score.answer = (mask, click)
    score.predicted = float(prediction.scores[top])
    score.measured = score.values["miou_1_raw"]


def _arrays(clicks: Sequence[Click]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    points = np.array([[c.x, c.y] for c in clicks], np.float32)
    return points, np.array([c.label for c in clicks], np.int64)

"""The classical tools, scored on the same masks and prompts as the model. Needs OpenCV (`maskwright[eval]`)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sam_backend.evaluation.baselines import BOX_BASELINES, CLICK_BASELINES, FromClicks
from sam_backend.evaluation.clicks import centre_click, mask_box, next_click
from sam_backend.evaluation.distance import Mask
from sam_backend.evaluation.metrics import iou
from sam_backend.evaluation.protocol import MaskScore, Sample

BASELINE_CLICKS = {"grabcut": 5, "random_walker": 5, "felzenszwalb": 1, "flood_fill": 1}
"""How far each baseline is clicked: the segment and fill tools are judged at one click."""


def score_baselines(pixels: npt.NDArray[np.uint8], sample: Sample) -> dict[str, MaskScore]:
    """What each tool scores on one mask, by its name."""
    scores = {}
    for name, tool in CLICK_BASELINES.items():
        values = _clicked(tool, pixels, sample.truth, BASELINE_CLICKS[name])
        if name in BOX_BASELINES:
            values["miou_box"] = iou(BOX_BASELINES[name](pixels, mask_box(sample.truth)), sample.truth)
        scores[name] = _score(sample, values)
    filled = iou(BOX_BASELINES["fill_box"](pixels, mask_box(sample.truth)), sample.truth)
    return scores | {"fill_box": _score(sample, {"miou_box": filled})}


def _score(sample: Sample, values: dict[str, float]) -> MaskScore:
    return MaskScore(sample.set, sample.image, float(sample.truth.mean()), sample.label, values)


def _clicked(tool: FromClicks, pixels: npt.NDArray[np.uint8], truth: Mask, clicks: int) -> dict[str, float]:
    given = [centre_click(truth, 1)]
    mask = tool(pixels, given)
    ious = [iou(mask, truth)]
    while len(given) < clicks and (click := next_click(mask, truth)) is not None:
        given.append(click)
        mask = tool(pixels, given)
        ious.append(iou(mask, truth))
    return {f"miou_{'1_top' if n == 1 else n}": ious[min(n, len(ious)) - 1] for n in (1, 3, 5) if n <= clicks}

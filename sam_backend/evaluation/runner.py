"""Scores a segmenter (and the classical baselines) on drawn masks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from sam_backend.data.records import Record, load_pixels
from sam_backend.evaluation.examples import Example, draw_example
from sam_backend.evaluation.protocol import MaskScore, Sample, Segmenter, score_mask
from sam_backend.evaluation.samples import draw_masks
from sam_backend.evaluation.scores import Evaluation

Progress = Callable[[int, int], None]


def evaluate(
    segmenter: Segmenter,
    records: Sequence[Record],
    *,
    clicks: int = 20,
    baselines: bool = False,
    keep_examples: bool = False,
    progress: Progress = lambda done, total: None,
) -> Evaluation:
    """Runs the protocol over images; see `score_mask` for what is asked of each mask."""
    result = Evaluation()
    for done, record in enumerate(records):
        pixels = load_pixels(record)
        segmenter.set_image(pixels)
        measure_image(
            result, segmenter, pixels, draw_masks(record),
            clicks=clicks, baselines=baselines, keep_examples=keep_examples,
        )  # fmt: skip
        progress(done + 1, len(records))
    return result


def measure_image(
    result: Evaluation,
    segmenter: Segmenter,
    pixels: npt.NDArray[np.uint8],
    samples: Iterable[Sample],
    *,
    clicks: int,
    baselines: bool = False,
    keep_examples: bool = False,
) -> None:
    """Scores the masks of one image, which the segmenter already holds, and adds them to `result`.

    Args:
        pixels: RGB uint8 [h, w, 3], of the masks' size.
        baselines: whether the classical tools are asked too, which needs OpenCV.
        keep_examples: whether each answer to one click is drawn.
    """
    for index, sample in enumerate(samples):
        score = score_mask(segmenter, sample, clicks=clicks, jitter_seed=index)
        score.group = sample.group
        result.scores.append(score)
        if keep_examples:
            result.examples.append(_example(pixels, sample, score))
        score.answer = None
        if baselines:
            # Here, because it needs OpenCV, which not every machine that measures a model has.
            from sam_backend.evaluation.against import score_baselines

            result.compared.append(score)
            for name, other in score_baselines(pixels, sample).items():
                result.baselines.setdefault(name, []).append(other)


def _example(pixels: npt.NDArray[np.uint8], sample: Sample, score: MaskScore) -> Example:
    assert score.answer is not None
    mask, click = score.answer
    drawn = draw_example(pixels, mask, sample.truth, click)
    return Example(drawn, score.values["miou_1_top"], f"{sample.set} {sample.image}")

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sam_backend.data.drawn import draw_records
from sam_backend.data.records import load_pixels
from sam_backend.evaluation.baselines import BOX_BASELINES, CLICK_BASELINES
from sam_backend.evaluation.clicks import Click
from sam_backend.evaluation.examples import drawn_at_random, ranked_page, sheet_of, worst_of
from sam_backend.evaluation.protocol import Sample, score_mask
from sam_backend.evaluation.runner import evaluate, measure_image
from sam_backend.evaluation.samples import draw_masks
from sam_backend.evaluation.scores import Evaluation
from tests.sam_backend.training.conftest import discs

__all__ = ["discs"]


def answer(masks: Any, scores: Any) -> SimpleNamespace:
    """What a predictor gives: masks at image size, scores, logits."""
    logits = np.zeros((4, 256, 256), np.float32)
    return SimpleNamespace(masks=masks, mask=lambda index, parts=None: masks[index], scores=scores, logits=logits)


class Bright:
    """Answers every prompt with the bright pixels; candidate 2 is right, 1 and 3 are not, the scores prefer 3."""

    def __init__(self, scores: Any = (0.9, 0.1, 0.2, 0.8)) -> None:
        self.scores = np.array(scores, np.float32)
        self.prompts = []

    def set_image(self, rgb: np.ndarray) -> None:
        self.truth = rgb[..., 2] > 128

    def predict(self, points: Any = None, labels: Any = None, box: Any = None, mask_input: Any = None) -> Any:
        self.prompts.append((None if points is None else len(points), mask_input is not None))
        half = self.truth.copy()
        half[::2] = False
        masks = np.stack([self.truth, half, self.truth, half])
        return answer(masks, self.scores)


class Almost(Bright):
    """Always answers with the truth less one pixel in a corner."""

    def __init__(self, truth: Any) -> None:
        super().__init__()
        self.answer, self.asked = truth.copy(), 0
        self.answer[4, 4] = False

    def predict(self, points: Any = None, labels: Any = None, box: Any = None, mask_input: Any = None) -> Any:
        self.asked += 1
        masks = np.stack([self.answer] * 4)
        return answer(masks, self.scores)


def test_oracle_takes_the_best_and_top_the_best_scored(discs: Any) -> None:
    result = evaluate(Bright(), draw_records([discs], None), clicks=5)
    overall = result.summary()["overall"]
    assert overall["miou_1_oracle"] == 1
    assert overall["miou_1_top"] < 1
    assert overall["miou_3"] == 1
    assert overall["miou_box"] == 1
    assert result.summary()["n"] == 6
    assert result.summary()["sets"]["discs"]["n"] == 6
    low, high = result.summary()["intervals"]["miou_1_top"]
    assert low <= overall["miou_1_top"] <= high


def test_logits_are_fed_back_from_the_second_click_on() -> None:
    truth = np.zeros((40, 40), bool)
    truth[10:30, 10:30] = True
    segmenter = Bright()
    segmenter.set_image(np.where(truth[..., None], 255, 0).astype(np.uint8).repeat(3, 2))
    score = score_mask(segmenter, Sample("s", "i", truth), clicks=5, jitter_seed=0)
    assert segmenter.prompts[0] == (1, False)
    assert segmenter.prompts[1] == (2, True)
    assert score.values["noc90"] == 2


def test_clicking_ends_where_no_number_can_change_any_more() -> None:
    truth = np.zeros((40, 40), bool)
    truth[4:36, 4:36] = True
    segmenter = Almost(truth)
    score = score_mask(segmenter, Sample("s", "i", truth), clicks=20, jitter_seed=0)
    assert score.values["noc90"] == 1
    assert score.values["miou_5"] == pytest.approx(1023 / 1024)
    assert segmenter.asked == 5 + 5 + 1  # five clicks, five jittered ones, the box


def test_scores_are_given_per_label_where_masks_have_one(discs: Any) -> None:
    record = draw_records([discs], 1)[0]
    samples = [replace(sample, label="coin") for sample in draw_masks(record)]
    segmenter, result = Bright(), Evaluation()
    segmenter.set_image(load_pixels(record))
    measure_image(result, segmenter, load_pixels(record), samples, clicks=5)
    assert result.summary()["labels"]["coin"]["n"] == 1
    assert "labels" not in evaluate(Bright(), [record], clicks=5).summary()


@pytest.mark.parametrize("name", CLICK_BASELINES)
def test_each_click_baseline_finds_a_disc(discs: Any, name: str) -> None:
    record = draw_records([discs], 1)[0]
    sample = next(draw_masks(record))
    import cv2

    pixels = np.ascontiguousarray(cv2.imread(str(record.path))[..., ::-1])
    ys, xs = np.nonzero(sample.truth)
    clicks = [Click(float(xs.mean()), float(ys.mean()), 1), Click(2.5, 2.5, 0)]
    mask = CLICK_BASELINES[name](pixels, clicks)
    assert (mask & sample.truth).sum() / (mask | sample.truth).sum() > 0.7


@pytest.mark.parametrize("name", BOX_BASELINES)
def test_box_baselines_stay_in_the_box(name: str) -> None:
    picture = np.full((50, 60, 3), 30, np.uint8)
    picture[15:35, 20:40] = (250, 80, 20)
    mask = BOX_BASELINES[name](picture, np.array([15, 10, 45, 40], np.float32))
    assert mask[16:34, 21:39].mean() > 0.95
    assert not mask[:9].any()


def test_baselines_are_summed_up_beside_the_model(discs: Any) -> None:
    result = evaluate(Bright(), draw_records([discs], 2), clicks=5, baselines=True).summary()
    assert set(result["baselines"]) == {*CLICK_BASELINES, "fill_box"}
    assert result["baselines"]["fill_box"]["miou_box"] == pytest.approx(np.pi / 4, abs=0.06)


def test_the_same_masks_are_drawn_every_time_and_a_limit_is_kept(discs: Any) -> None:
    first = [r.path.name for r in draw_records([discs], 3)]
    assert first == [r.path.name for r in draw_records([discs], 3)]
    assert len(first) == 3


def test_the_page_ranks_best_and_worst_and_the_sheet_is_drawn_by_seed(discs: Any) -> None:
    result = evaluate(Bright(), draw_records([discs], None), clicks=5, keep_examples=True)
    page = ranked_page(result.examples, "a <model>", {"miou_1_top": 0.5})
    assert "a &lt;model&gt;" in page
    assert page.count("<figure>") == 2 * len(result.examples)
    first, second = (drawn_at_random(result.examples, 4) for _ in range(2))
    assert [e.caption for e in first] == [e.caption for e in second]
    assert [e.caption for e in first] != [e.caption for e in drawn_at_random(result.examples, 4, seed=1)]
    assert sheet_of(first).size == (6 * 246, 246)
    assert len({e.caption for e in worst_of(result.examples)}) == 6
    assert all(score.answer is None for score in result.scores)

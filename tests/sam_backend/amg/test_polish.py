"""Automatic masks are finished as clicked ones are, where the package asks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pycocotools import mask as coco
from skimage import data

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset
from sam_backend.amg.polish import Polish
from sam_backend.amg.window import Window
from sam_backend.edges import EdgeGuide
from sam_backend.finish import Finish
from sam_backend.transforms import Frame

FRAME = Frame(64, 64, 64)
SIDE = 32


def disc(radius: float, row: float = 16, column: float = 16) -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE]
    return (radius - np.hypot(y - row, x - column)).astype(np.float32)


def window(logits: np.ndarray) -> Window:
    return Window.around(logits, 0.0, logits.shape)


def area(window: Window) -> int:
    return int((window.full() > 0).sum())


def test_the_border_moves_to_the_pictures_edge() -> None:
    picture = np.zeros((1, 3, SIDE, SIDE), np.float32)
    picture[..., disc(9) > 0] = 1.0
    polish = Polish(Finish(FRAME, guide=EdgeGuide(picture, FRAME, 4)))
    truth = disc(9) > 0
    before = window(disc(7.5))
    after = polish(before, (32.0, 32.0))
    wrong = [int(((one.full() > 0) ^ truth).sum()) for one in (before, after)]
    assert wrong[1] < wrong[0] / 2


def test_specks_go_but_not_what_was_asked_for() -> None:
    logits = np.maximum(disc(8, 10, 10), disc(1.5, 27, 27))
    polish = Polish(Finish(FRAME, tidy_cells=30))
    at_disc, at_speck = polish(window(logits), (20.0, 20.0)), polish(window(logits), (54.0, 54.0))
    assert area(at_disc) == (disc(8, 10, 10) > 0).sum()
    assert area(at_speck) == (logits > 0).sum()


def test_a_mask_that_would_vanish_stays_as_it_was() -> None:
    class Nothing:
        def refine(self, logits: np.ndarray, threshold: float) -> np.ndarray:
            return np.full_like(logits, -1.0)

    before = window(disc(3))
    assert Polish(Finish(FRAME, guide=Nothing()))(before, (32.0, 32.0)) is before


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(load_package(compact_package_path()))


def test_the_same_masks_are_kept_with_other_borders_alone(predictor: Predictor) -> None:
    image = data.coffee()[::2, ::2].copy()
    # Without cleaning: that may remove another mask when borders move.
    params = preset("quick", points_per_side=5, min_region=0)
    plain, shown = (AutomaticMasks(PredictorBackend(predictor, one), params).generate(image) for one in (False, True))
    assert len(plain) > 1
    assert [(m.predicted_iou, m.stability_score, m.point) for m in plain] == [
        (m.predicted_iou, m.stability_score, m.point) for m in shown
    ]
    ious = [coco.iou([a.segmentation], [b.segmentation], [0])[0, 0] for a, b in zip(plain, shown, strict=True)]
    assert all(iou > 0.5 for iou in ious)
    assert any(iou < 1 for iou in ious)


def test_a_point_of_the_grid_gives_nearly_the_mask_of_a_click_there(predictor: Predictor) -> None:
    image = data.coffee()[::2, ::2].copy()
    params = preset("quick", points_per_side=5, min_region=0)
    found = AutomaticMasks(PredictorBackend(predictor), replace(params, stability=0.9)).generate(image)
    predictor.set_image(image)
    assert found
    for mask in found:
        clicked = predictor.predict(points=[mask.point], labels=[1], parts="all").masks[1:]
        drawn = coco.decode(mask.segmentation).astype(bool)
        # The grid keeps only the logits around a mask; a click filters the whole map.
        assert max((drawn & one).sum() / (drawn | one).sum() for one in clicked) > 0.97

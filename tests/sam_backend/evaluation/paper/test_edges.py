"""The paper's 7.2: edges of masks against people's, counted as BSDS counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

from sam_backend.amg import AutomaticMasks
from sam_backend.evaluation.paper.edges import PARAMS, measure_edges
from sam_backend.evaluation.paper.edges.counts import count_matches, cuts, numbers
from sam_backend.evaluation.paper.edges.maps import edge_of, edges_of_masks
from sam_backend.evaluation.paper.edges.matching import TOLERANCE, match
from sam_backend.evaluation.paper.edges.thin import on_crests
from sam_backend.evaluation.paper.edges.tools import TOOLS
from sam_backend.evaluation.paper.edges.truth import border, edges_of_people
from sam_backend.evaluation.paper.ground import read_ground
from tests.sam_backend.amg.fakes import Blobs
from tests.sam_backend.evaluation.paper.sets import folder, rle, square


def line(column: int, shape: tuple[int, int] = (400, 300)) -> np.ndarray:
    """A vertical line on a picture whose diagonal is 500 pixels: the tolerance is 3.75."""
    edges = np.zeros(shape, bool)
    edges[:, column] = True
    return edges


def test_pixels_match_up_to_the_tolerance_and_not_beyond() -> None:
    assert match(line(100), line(103)).all()
    assert not match(line(100), line(104)).any()
    assert not match(line(100), np.zeros((400, 300), bool)).any()
    assert match(np.zeros((400, 300), bool), line(100)).shape == (0,)


def test_each_of_peoples_pixels_has_one_partner() -> None:
    both = line(100) | line(102)
    assert match(both, line(101)).sum() == 400
    assert match(line(101), both).sum() == 400


def test_the_nearer_pixel_is_the_partner() -> None:
    edges, truth = np.zeros((400, 300), bool), np.zeros((400, 300), bool)
    edges[50, [10, 12]] = True
    truth[50, 13] = True
    assert match(edges, truth).tolist() == [False, True]


@pytest.mark.parametrize("counts", [(30, 25), (25, 40)])
@pytest.mark.parametrize("seed", range(3))
def test_there_are_as_many_pairs_as_in_a_dense_assignment(seed: int, counts: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    shape = (300, 400)
    edges, truth = np.zeros(shape, bool), np.zeros(shape, bool)
    for drawn, count in zip((edges, truth), counts, strict=True):
        drawn[rng.integers(0, 20, count), rng.integers(0, 20, count)] = True
    here, there = np.argwhere(edges), np.argwhere(truth)
    distance = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    reach = TOLERANCE * 500
    rows, columns = linear_sum_assignment(np.where(distance <= reach, distance, 1e4))
    assert match(edges, truth).sum() == (distance[rows, columns] <= reach).sum()


def test_counts_and_the_four_numbers_by_hand() -> None:
    strength = np.zeros((400, 300), np.float32)
    strength[:, 100], strength[:, 200] = 0.9, 0.4
    people = [line(100), line(150)]
    counts = count_matches(strength, people, cuts(3))  # 0.25, 0.5, 0.75
    np.testing.assert_array_equal(counts, [[400, 800, 400, 800], [400, 800, 400, 400], [400, 800, 400, 400]])
    found = numbers(np.array([counts]))
    assert found["ods"] == found["ois"] == pytest.approx(2 / 3)
    assert found["r50"] == 0.5


def test_a_pixel_is_right_where_it_matches_anybodys() -> None:
    strength = (line(100) | line(200)).astype(np.float32)
    counts = count_matches(strength, [line(100), line(200)], cuts(1))
    assert counts.tolist() == [[800, 800, 800, 800]]


def test_each_image_may_have_its_own_threshold_for_ois() -> None:
    # F 1 at the first threshold of one image and at the second of the other; else precision or recall is a half.
    one = [[10, 10, 10, 10], [5, 10, 5, 5]]
    other = [[10, 10, 10, 20], [10, 10, 10, 10]]
    found = numbers(np.array([one, other], float))
    assert found["ois"] == 1
    assert found["ods"] == pytest.approx(2 * 0.75 / 1.75)  # second: recall 15/20, precision 1; first: 20/20 and 20/30
    assert found["ods"] < 1


def test_ap_is_the_area_under_precision() -> None:
    counts = np.array([[[10, 10, 10, 20], [5, 10, 5, 5], [0, 10, 0, 0]]], float)
    # From (0, 0) by lines to (0.5, 1) and (1, 0.5): a half of 0.5 and a half of 0.75.
    assert numbers(counts)["ap"] == pytest.approx(0.625, abs=0.01)
    assert numbers(counts)["r50"] == 1


def test_borders_are_one_pixel_wide_and_people_are_told_apart() -> None:
    left, right = square(0, 0, 40, 100), square(40, 0, 60, 100)
    assert np.flatnonzero(border(left).any(0)).tolist() == [39]
    rows = [
        {"segmentation": rle(left), "source": "human1of2"}, {"segmentation": rle(right), "source": "human1of2"},
        {"segmentation": rle(square(0, 0, 100, 30)), "source": "human2of2"},
    ]  # fmt: skip
    first, second = edges_of_people(rows)
    assert np.flatnonzero(first.any(0)).tolist() == [39]
    assert np.flatnonzero(second.any(1)).tolist() == [29]
    assert len(edges_of_people([row | {"source": "human"} for row in rows])) == 1


@pytest.mark.parametrize("angle", [0, 30, 45, 75])
def test_a_blurred_line_is_thinned_to_its_crest(angle: int) -> None:
    rows, columns = np.indices((60, 60)) - 29.5
    away = rows * np.cos(np.radians(angle)) + columns * np.sin(np.radians(angle))
    thin = on_crests(np.exp(-(away**2) / 18).astype(np.float32))[8:-8, 8:-8] > 0
    assert np.abs(away[8:-8, 8:-8][thin]).max() < 1.2
    assert ndimage.label(thin, np.ones((3, 3)))[1] == 1


def test_a_masks_edge_lies_next_to_it() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (80, 90, 3), dtype=np.uint8)
    found = AutomaticMasks(Blobs(), PARAMS).candidates(pixels)
    for candidate in found[:5]:
        (x0, y0, x1, y1), edge = edge_of(candidate, 0.0)
        window, row, column = candidate.window.mask(candidate.frame, 0.0)
        mask = np.zeros((80, 90), bool)
        mask[row : row + window.shape[0], column : column + window.shape[1]] = window
        ring = ndimage.binary_dilation(mask, np.ones((3, 3))) & ~mask
        whole = np.zeros((80, 90), np.float32)
        whole[y0:y1, x0:x1] = edge
        assert (whole[ring] > 0).mean() > 0.99
        assert not whole[~ring].any()
    strength = edges_of_masks(AutomaticMasks(Blobs(), PARAMS), pixels)
    assert (strength.shape, float(strength.max())) == ((80, 90), 1)
    assert 0 < (strength > 0).mean() < 0.5


@pytest.mark.parametrize("name", TOOLS)
def test_each_tool_finds_the_border_of_a_bright_square(name: str) -> None:
    pixels = np.full((100, 100, 3), 30, np.uint8)
    pixels[square(30, 30, 40, 40)] = 200
    counts = count_matches(TOOLS[name](pixels), [border(square(30, 30, 40, 40))], cuts(9))
    assert numbers(np.array([counts]))["ods"] > 0.9


def test_the_task_measures_model_and_tools_on_the_same_images(tmp_path: Path) -> None:
    ground = read_ground(folder(tmp_path, [[{"mask": square(20, 30, 40, 40)}], [{"mask": square(30, 20, 50, 40)}]]))
    found = measure_edges(AutomaticMasks(Blobs(), PARAMS), [ground], thresholds=5)
    assert set(found["baselines"]) == {"sobel", "canny", "felzenszwalb"}
    for one in (found, *found["baselines"].values()):
        assert list(one["overall"]) == ["ods", "ois", "ap", "r50"]
        assert one["images"] == 2
        low, high = one["intervals"]["ods"]
        assert low <= high
    assert found["baselines"]["canny"]["overall"]["ods"] > found["overall"]["ods"]

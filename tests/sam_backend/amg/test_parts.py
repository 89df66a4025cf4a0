"""Grid, crops, parameters, suppression, windows, cleaning and encoding, each by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from sam_backend import components
from sam_backend.amg import PRESETS, Params, preset
from sam_backend.amg.clean import remove_small_regions, trim
from sam_backend.amg.filters import cut_off, stability_scores, suppress, visible
from sam_backend.amg.grid import Crop, crop_points, crops_of, point_grid
from sam_backend.amg.measured import may_be_stable, measure
from sam_backend.amg.record import MaskRecord
from sam_backend.amg.window import Window
from sam_backend.postprocess import upsample_mask
from sam_backend.rle import compress, encode_part
from sam_backend.transforms import Frame
from tests.sam_backend.amg import oracle

bitmaps = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(lambda shape: arrays(np.bool_, shape))


def test_the_grid_lies_at_cell_centres_row_by_row() -> None:
    assert point_grid(2).tolist() == [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]
    points = crop_points(Crop(1, 10, 20, 110, 70), Params(points_per_side=4, points_downscale=2))
    assert points.tolist() == [[25, 12.5], [75, 12.5], [25, 37.5], [75, 37.5]]


@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(0, 3))
def test_crops_cover_the_image_and_stay_in_it(height: int, width: int, layers: int) -> None:
    crops = crops_of(height, width, Params(crop_layers=layers))
    assert len(crops) == sum(4**layer for layer in range(layers + 1))
    assert [(c.layer, c.x0, c.y0, c.x1, c.y1) for c in crops] == oracle.crop_boxes(
        height, width, Params(crop_layers=layers)
    )
    for crop in crops:
        assert 0 <= crop.x0 < crop.x1 <= width
        assert 0 <= crop.y0 < crop.y1 <= height
    for layer in range(layers + 1):
        of_layer = [c for c in crops if c.layer == layer]
        assert max(c.x1 for c in of_layer) == width
        assert max(c.y1 for c in of_layer) == height


def test_the_presets_hold_the_papers_and_the_librarys_constants() -> None:
    paper, library = PRESETS["paper"], PRESETS["library"]
    assert (paper.points_per_side, paper.crop_layers, paper.points_downscale) == (32, 2, 2)
    assert (paper.predicted_iou, paper.stability, paper.nms, paper.min_region, paper.max_area) == (
        0.88,
        0.95,
        0.7,
        100,
        0.95,
    )
    assert (library.points_per_side, library.crop_layers, library.min_region, library.points_per_batch) == (
        32,
        0,
        0,
        64,
    )


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("fast", {}, "one of paper, library, quick; received 'fast'"),
        ("quick", {"grid": 3}, "no parameter 'grid'"),
        ("quick", {"points_per_side": 0}, "points_per_side must lie between 1 and 128; received 0"),
        ("quick", {"stability": 1.5}, "stability must lie between 0 and 1"),
        ("quick", {"predicted_iou": float("nan")}, "predicted_iou must lie"),
    ],
)
def test_bad_parameters_are_refused(name: str, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        preset(name, **changes)


def test_stability_is_the_iou_of_two_cuts() -> None:
    logits = np.array([[[2.0, 0.5, -0.5, -2.0]]], np.float32)
    assert stability_scores(logits, 0.0, 1.0).tolist() == [1 / 3]
    assert stability_scores(np.full((1, 2, 2), -5, np.float32), 0.0, 1.0).tolist() == [0]


def test_padding_is_not_looked_at() -> None:
    assert visible(np.zeros((2, 3, 32, 32), np.float32), Frame(30, 60, 64)).shape == (2, 3, 16, 32)


def test_only_inner_edges_cut_objects_off() -> None:
    crop = np.array([0, 0, 100, 100])
    boxes = np.array([[0, 0, 50, 50], [50, 50, 100, 90], [30, 30, 60, 79], [0, 0, 80.0, 81]])
    assert cut_off(boxes, crop, 200, 200, 20).tolist() == [False, True, False, True]
    assert not cut_off(boxes, crop, 100, 100, 20).any()


boxes = arrays(np.float64, st.tuples(st.integers(1, 20), st.just(4)), elements=st.integers(0, 20)).map(
    lambda b: np.concatenate([np.minimum(b[:, :2], b[:, 2:]), np.maximum(b[:, :2], b[:, 2:]) + 1], 1)
)


@given(boxes, boxes, st.floats(0, 1))
def test_suppression_is_the_plain_loop(found: np.ndarray, kept: np.ndarray, limit: float) -> None:
    ranking = np.arange(len(found))[::-1]
    items = [{"box": found[index], "index": index} for index in ranking]
    expected = oracle.nms(items, limit, [{"box": box} for box in kept])
    assert suppress(found, ranking, limit, kept).tolist() == [item["index"] for item in expected]


@settings(max_examples=80)
@given(st.integers(1, 150), st.integers(1, 150), st.sampled_from([(16, 64), (32, 64), (24, 96)]), st.integers(0, 99))
def test_a_window_gives_the_whole_maps_mask(height: int, width: int, sides: tuple[int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = Frame(height, width, sides[1])
    cells = np.arange(sides[0])
    far = np.hypot(cells - rng.uniform(0, sides[0]), (cells - rng.uniform(0, sides[0]))[:, None])
    logits = (rng.uniform(1, sides[0] / 2) - far + rng.normal(size=far.shape)).astype(np.float32)
    seen = visible(logits, frame)
    if not (seen > 0).any():
        return
    part, row, column = Window.around(logits, 0.0, seen.shape).mask(frame, 0.0)
    whole = np.zeros((height, width), bool)
    whole[row : row + part.shape[0], column : column + part.shape[1]] = part
    assert (whole == upsample_mask(logits, frame)).all()


@given(bitmaps, st.integers(0, 10))
def test_cleaning_is_the_plain_loop(mask: np.ndarray, min_area: int) -> None:
    cleaned, changed = remove_small_regions(mask, min_area)
    expected = oracle.clean({"mask": mask}, min_area)
    assert (cleaned == expected["mask"]).all()
    # Filling a hole and dropping the whole island again may end where it began.
    assert changed >= expected["changed"]


def test_parts_are_the_same_in_blocks_of_any_height(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = np.random.default_rng(0).random((23, 31)) < 0.55
    whole = components.find_parts(mask)
    for cells in (1, 70, 400):
        monkeypatch.setattr(components, "BLOCK_CELLS", cells)
        found = components.find_parts(mask)
        for name in ("row", "start", "stop", "part"):
            assert np.array_equal(getattr(found, name), getattr(whole, name))
        assert np.array_equal(found.mask(np.ones(len(found.areas), bool)), mask)


@given(bitmaps, st.integers(0, 5), st.integers(0, 5), st.integers(0, 3), st.integers(0, 3))
def test_encoding_a_part_is_encoding_the_whole(part: np.ndarray, row: int, column: int, below: int, right: int) -> None:
    height, width = row + part.shape[0] + below, column + part.shape[1] + right
    whole = np.zeros((height, width), np.uint8, order="F")
    whole[row : row + part.shape[0], column : column + part.shape[1]] = part
    found = encode_part(part, row, column, height, width)
    assert found == {"size": [height, width], "counts": coco.encode(whole)["counts"].decode()}
    placed = trim(part, row, column)
    assert (placed is None) == (not part.any())
    if placed:
        assert encode_part(*placed, height, width) == found


def test_long_runs_are_compressed_like_cocos() -> None:
    mask = np.zeros((3000, 2000), np.uint8, order="F")
    mask[100:2900, 5:1500] = 1
    assert encode_part(mask.astype(bool), 0, 0, 3000, 2000)["counts"] == coco.encode(mask)["counts"].decode()
    assert compress(np.array([6])) == "6"


maps = arrays(np.float32, (16, 16), elements=st.floats(-3, 3, width=32))


@given(st.lists(maps, min_size=1, max_size=4), st.integers(3, 90), st.integers(3, 90), st.floats(0, 1))
def test_what_the_logits_sort_out_could_not_be_stable_at_image_size(
    logits: list[np.ndarray], height: int, width: int, limit: float
) -> None:
    frame, stack = Frame(height, width, 32), np.stack(logits)
    possible = may_be_stable(stack, frame, 0.25, 0.5, limit)
    for one, passes in zip(stack, possible, strict=True):
        square = oracle.resize(one.astype(np.float64), 32, 32)
        full = oracle.resize(square[: frame.scaled_height, : frame.scaled_width], height, width)
        inner, outer = (full > 0.75 + 1e-5).sum(), (full > -0.25 + 1e-5).sum()
        assert passes or inner < limit * outer + 1e-6


def test_a_small_mask_is_scored_at_image_size() -> None:
    """A cone of 10 pixels' radius: cut 1 higher and 1 lower, its discs have radii of 9 and 11 pixels."""
    frame, cells = Frame(600, 1024, 1024), (np.arange(256) + 0.5) * 4
    cone = (10 - np.hypot(cells[None, :] - 402, cells[:, None] - 302)).astype(np.float32)
    found = measure(cone, frame, 0.0, 1.0)
    square = oracle.resize(cone.astype(np.float64), 1024, 1024)[:600]
    ys, xs = np.nonzero(square > 0)
    assert found is not None
    assert found.stability == pytest.approx((square > 1).sum() / (square > -1).sum(), abs=0.01)
    assert found.stability < 0.75 < stability_scores(cone[None, :150], 0.0, 1.0)[0]
    assert (found.area, found.box) == (len(xs), (xs.min(), ys.min(), xs.max(), ys.max()))
    assert measure(np.full((256, 256), -5, np.float32), frame, 0.0, 1.0) is None


def test_an_sa1b_annotation_has_an_id_and_a_box_from_the_first_to_the_last_pixel() -> None:
    mask = np.zeros((20, 30), np.bool_)
    mask[4:9, 7:18] = True
    record = MaskRecord(
        encode_part(mask[4:9, 7:18], 4, 7, 20, 30), (7, 4, 11, 5), 55, 0.9, 0.97, (0, 0, 30, 20), (9, 6)
    )
    annotation = record.to_sa1b(3)
    x, y, width, height = coco.toBbox(annotation["segmentation"])
    assert (annotation["id"], annotation["bbox"]) == (3, [x, y, width - 1, height - 1])
    ys, xs = np.nonzero(coco.decode(annotation["segmentation"]))
    assert annotation["bbox"] == [xs.min(), ys.min(), xs.max() - xs.min(), ys.max() - ys.min()]


def test_quick_alone_judges_on_the_logits() -> None:
    assert {name: params.full_size for name, params in PRESETS.items()} == {"paper": 1, "library": 1, "quick": 0}

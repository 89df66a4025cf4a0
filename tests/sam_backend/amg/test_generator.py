"""The generator gives what the plain implementation gives, in bounded memory, and can be watched and stopped."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as coco
from skimage import data

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.amg import (
    AutomaticMasks,
    Cancelled,
    Params,
    PredictorBackend,
    filter_candidates,
    make_records,
    preset,
)
from sam_backend.amg.record import MaskRecord
from sam_backend.transforms import Frame
from tests.sam_backend.amg import oracle
from tests.sam_backend.amg.fakes import Blobs

EVERYTHING = Params(points_per_side=6, predicted_iou=-1, stability=0, points_per_batch=7)


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def assert_equal(found: list[MaskRecord], expected: list[dict[str, Any]]) -> None:
    assert len(found) == len(expected)
    for number, (mask, plain) in enumerate(zip(found, expected, strict=True)):
        record = mask.to_sa1b(number)
        assert record.pop("id") == number
        assert record["segmentation"] == plain["segmentation"]
        assert record.keys() == plain.keys()
        for name in ("bbox", "area", "predicted_iou", "stability_score", "crop_box", "point_coords"):
            assert np.ravel(record[name]) == pytest.approx(np.ravel(plain[name]), abs=1e-6), name


sizes = st.integers(3, 60)
# Off the simple fractions: at a limit of exactly 1/2 or 1, boxes of exactly that IoU would be told apart by nothing but
# the order in which each implementation rounds.
limits = st.floats(0.3, 0.99).map(lambda limit: limit + 1e-6 * np.pi)


searches = st.builds(
    Params,
    points_per_side=st.integers(1, 5),
    crop_layers=st.integers(0, 1),
    points_downscale=st.integers(1, 2),
    points_per_batch=st.integers(1, 40),
    predicted_iou=st.floats(0.3, 0.8),
    stability=st.floats(0, 0.9),
    full_size=st.integers(0, 1),
    nms=limits,
    crop_nms=limits,
    min_region=st.sampled_from([0, 1, 9, 60]),
    max_area=st.sampled_from([1.0, 0.95, 0.5]),
    edge_tolerance=st.sampled_from([0.0, 2.0, 20.0]),
)


@settings(max_examples=15)
@given(sizes, sizes, searches, st.integers(0, 1000))
def test_random_answers_give_the_oracles_records(height: int, width: int, params: Params, seed: int) -> None:
    image = picture(height, width, seed)
    found = AutomaticMasks(Blobs(seed), params).generate(image)
    assert_equal(found, oracle.generate(Blobs(seed), image, params))


@settings(max_examples=25)
@given(sizes, sizes, searches, st.integers(0, 1000))
def test_thresholds_moved_over_stored_candidates_are_a_new_search(
    height: int, width: int, params: Params, seed: int
) -> None:
    image = picture(height, width, seed)
    stored = AutomaticMasks(Blobs(seed), replace(params, predicted_iou=-1, stability=0)).candidates(image)
    kept = filter_candidates(stored, params, height, width)
    assert make_records(kept, height, width, 0.0, params) == AutomaticMasks(Blobs(seed), params).generate(image)


@pytest.mark.slow
def test_the_shipped_model_gives_the_oracles_records() -> None:
    backend = PredictorBackend(Predictor(load_package(compact_package_path())), polished=False)
    image = data.coffee()[::2, ::2].copy()
    params = preset("quick", points_per_side=4, crop_layers=1, points_downscale=2, stability=0.3)
    found = AutomaticMasks(backend, params).generate(image)
    assert len(found) > 1
    expected = oracle.generate(backend, image, params)
    # A batch and a single prompt may differ in the last bits of their logits: compare masks, not bytes.
    assert len(found) == len(expected)
    for mask, plain in zip(found, expected, strict=True):
        a, b = coco.decode(mask.segmentation), coco.decode(plain["segmentation"])
        assert (a & b).sum() >= 0.999 * (a | b).sum()
        assert mask.predicted_iou == pytest.approx(plain["predicted_iou"], abs=1e-4)
        assert mask.stability_score == pytest.approx(plain["stability_score"], abs=2e-3)


@pytest.mark.torch
def test_a_random_sam_in_torch_gives_the_oracles_records() -> None:
    torch = pytest.importorskip("torch")
    from sam_backend.amg import TorchBackend
    from sam_backend.build import build_random
    from sam_backend.manifest import Manifest
    from sam_backend.onnx.graphs import DecoderGraph, EncoderGraph
    from tests.sam_backend.modeling.tiny import VIT

    torch.set_num_threads(1)
    model = build_random(VIT, seed=3).eval()
    manifest = Manifest.from_dict(
        {
            **load_package(compact_package_path()).manifest.to_dict(),
            "input": {"size": VIT.input_size, "mean": [0] * 3, "std": [1] * 3, "pad_value": [124, 116, 104]},
            "decoder": {"mask_size": VIT.mask_size, "num_masks": 4, "mask_threshold": 0.0, "point_frame": 144},
        }
    )
    backend = TorchBackend(EncoderGraph(model), DecoderGraph(model), manifest)
    image = picture(70, 101)
    params = Params(points_per_side=4, predicted_iou=-1, stability=0, stability_offset=1e-4, min_region=5, nms=0.95)
    found = AutomaticMasks(backend, params).generate(image)
    expected = oracle.generate(backend, image, params)
    assert [m.area for m in found] == pytest.approx([p["area"] for p in expected], rel=0.01, abs=3)
    assert [m.predicted_iou for m in found] == pytest.approx([p["predicted_iou"] for p in expected], abs=1e-5)

    half = TorchBackend(EncoderGraph(model), DecoderGraph(model), manifest, half=True)
    points = np.array([[20.0, 30.0], [70, 40]])
    exact = backend.decode(backend.encode(image), Frame(70, 101, VIT.input_size), points, -np.inf)
    rough = half.decode(half.encode(image), Frame(70, 101, VIT.input_size), points, -np.inf)
    assert rough.logits.dtype == np.float32
    # bfloat16 keeps eight bits.
    assert np.abs(rough.scores - exact.scores).max() < 0.05 * np.abs(exact.scores).max()
    assert not np.array_equal(rough.scores, exact.scores)


def test_batches_change_nothing_and_are_no_larger_than_asked() -> None:
    image = picture(50, 80)
    one, many = Blobs(), Blobs()
    first = AutomaticMasks(one, preset("quick", points_per_batch=1)).generate(image)
    assert first == AutomaticMasks(many, preset("quick", points_per_batch=100)).generate(image)
    assert set(one.batches) == {1}
    assert many.batches == [100, 100, 56]


def test_the_papers_grid_asks_in_21_crops() -> None:
    asked = []
    AutomaticMasks(Blobs(), preset("paper", predicted_iou=2)).generate(
        picture(30, 40), progress=lambda p: asked.append(p.total)
    )
    assert asked[0] == 32 * 32 + 4 * 16 * 16 + 16 * 8 * 8


def test_progress_counts_to_the_end() -> None:
    seen = []
    masks = AutomaticMasks(Blobs(), EVERYTHING).generate(picture(40, 60), progress=seen.append)
    assert [p.done for p in seen] == [7, 14, 21, 28, 35, 36]
    assert {p.total for p in seen} == {36}
    assert seen[-1].candidates >= len(masks) > 0


def test_candidates_are_told_batch_by_batch_without_the_duplicates_of_earlier_ones() -> None:
    params = replace(EVERYTHING, points_per_side=16, predicted_iou=0.4, edge_tolerance=2, crop_layers=1, max_area=0.6)
    heard, image = [], picture(40, 60)
    generator = AutomaticMasks(Blobs(), params)
    masks = generator.generate(image, found=heard.append)
    assert len(heard) > 3
    assert all(heard)
    told = [candidate for batch in heard for candidate in batch]
    assert oracle.nms([{"box": c.box} for c in told], params.nms) == [{"box": c.box} for c in told]
    # What the result holds is what was told, or something told already resembles it.
    kept = filter_candidates(generator.candidates(image), params, 40, 60)
    assert len(kept) >= len(masks) > 1
    for candidate in (one for one in kept if np.prod(one.box[2:] - one.box[:2])):  # a line's box is like no other
        likeness = [oracle.iou(candidate.box, other.box) for other in told]
        assert max(likeness) > params.nms
    records = generator.make_records(heard[0], 40, 60)
    assert {r.predicted_iou for r in records} == {c.predicted_iou for c in heard[0]}


def test_a_batch_without_news_is_not_told() -> None:
    AutomaticMasks(Blobs(), preset("quick", predicted_iou=2)).generate(picture(20, 20), found=pytest.fail)


def test_cancelling_stops_before_the_next_batch() -> None:
    backend = Blobs()
    with pytest.raises(Cancelled, match="after 14 of 36 prompts"):
        AutomaticMasks(backend, EVERYTHING).generate(picture(40, 60), cancelled=lambda: len(backend.batches) == 2)
    assert len(backend.batches) == 2


def test_a_region_is_looked_at_alone_and_masks_stay_in_image_pixels() -> None:
    params = replace(EVERYTHING, edge_tolerance=1)
    masks = AutomaticMasks(Blobs(), params).generate(picture(200, 300), region=(100, 50, 80, 60))
    assert masks
    for mask in masks:
        x, y, w, h = mask.bbox
        assert x >= 100
        assert y >= 50
        assert x + w <= 180
        assert y + h <= 110
        assert mask.segmentation["size"] == [200, 300]
        assert mask.crop_box == (100, 50, 80, 60)


@pytest.mark.parametrize("region", [(0, 0, 0, 5), (290, 0, 20, 20), (-1, 0, 5, 5)])
def test_a_region_outside_the_image_is_refused(region: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="must lie in the image of 300 x 200 pixels"):
        AutomaticMasks(Blobs(), EVERYTHING).generate(picture(200, 300), region=region)


def test_a_stored_embedding_is_used_for_the_whole_image() -> None:
    class Refuses(Blobs):
        def encode(self, rgb: np.ndarray) -> int:
            raise AssertionError("encoded again")

    image = picture(40, 60)
    stored = Blobs().encode(image)
    masks = AutomaticMasks(Refuses(), EVERYTHING).generate(image, encoded=stored)
    assert masks == AutomaticMasks(Blobs(), EVERYTHING).generate(image)


def test_memory_does_not_grow_with_the_picture() -> None:
    """Small objects in a 100-megapixel picture: no float map and no full bitmap of it is ever made."""

    class Small(Blobs):
        def _answer(self, encoded: int, frame: Frame, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            cells = (np.arange(self.side) + 0.5) * self.input_size / self.side
            x, y = frame.to_input(point)
            disc = 6 - np.hypot(cells[None, :] - x, cells[:, None] - y)
            return np.stack([disc] * 3).astype(np.float32), np.ones(3, np.float32)

    image = np.broadcast_to(np.uint8(7), (8660, 11548, 3))
    tracemalloc.start()
    masks = AutomaticMasks(Small(input_size=512, side=256), preset("quick", predicted_iou=0, stability=0)).generate(
        image, encoded=1
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(masks) == 256
    assert peak < 30_000_000


def test_a_mask_over_most_of_a_large_picture_takes_less_than_a_float_of_it() -> None:
    class Large(Blobs):
        def _answer(self, encoded: int, frame: Frame, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            cells = np.arange(self.side) - self.side * 0.4
            disc = self.side * 0.3 - np.hypot(cells[None, :], cells[:, None])
            return np.stack([disc] * 3).astype(np.float32), np.ones(3, np.float32)

    image = np.broadcast_to(np.uint8(7), (4000, 5000, 3))
    params = preset("quick", points_per_side=1, predicted_iou=0, stability=0)
    tracemalloc.start()
    masks = AutomaticMasks(Large(input_size=512, side=256), params).generate(image, encoded=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert masks[0].area > 6_000_000
    assert peak < 3 * masks[0].bbox[2] * masks[0].bbox[3] + 30_000_000


def test_nothing_found_is_an_empty_list() -> None:
    assert AutomaticMasks(Blobs(), preset("quick", predicted_iou=1.5)).generate(picture(20, 20)) == []


def test_other_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="uint8 array"):
        AutomaticMasks(Blobs(), EVERYTHING).generate(np.zeros((4, 4), np.uint8))

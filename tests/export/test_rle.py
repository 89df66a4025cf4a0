from __future__ import annotations

import contextlib
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as coco

from export import rle
from export.counts import pack, unpack
from export.rle import Rle, RleError

FIXTURE = Path(__file__).parent.parent / "fixtures" / "rle_golden.json"
GOLDEN = json.loads(FIXTURE.read_text(encoding="utf-8"))

masks = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=24))
pairs = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=16).flatmap(
    lambda shape: st.tuples(hnp.arrays(bool, shape), hnp.arrays(bool, shape))
)


def by_pycocotools(mask: np.ndarray) -> dict:
    return coco.encode(np.asfortranarray(mask.astype(np.uint8)))


def test_it_keeps_the_golden_file_in_step_with_its_generator() -> None:
    spec = importlib.util.spec_from_file_location("make_rle_golden", Path(__file__).parent / "make_rle_golden.py")
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    assert FIXTURE.read_text(encoding="utf-8") == generator.text()


@pytest.mark.parametrize("case", GOLDEN, ids=[case["name"] for case in GOLDEN])
def test_it_agrees_with_the_golden_file(case: dict[str, Any]) -> None:
    golden = Rle(tuple(case["size"]), case["counts_string"])
    mask = rle.decode(golden)
    assert rle.runs(golden).tolist() == case["counts_list"]
    assert rle.encode(mask) == golden
    assert rle.validate({"size": case["size"], "counts": case["counts_list"]}, *case["size"]) == golden
    assert rle.area(golden) == case["area"] == mask.sum()
    assert list(rle.bbox(golden)) == case["bbox"]
    if "rows" in case:
        assert ["".join("1" if pixel else "0" for pixel in row) for row in mask] == case["rows"]


@given(masks)
def test_it_writes_what_pycocotools_writes(mask: np.ndarray) -> None:
    ours, theirs = rle.encode(mask), by_pycocotools(mask)
    assert ours.counts == theirs["counts"].decode()
    assert rle.area(ours) == coco.area(theirs)
    assert list(rle.bbox(ours)) == coco.toBbox(theirs).tolist()
    assert (rle.decode(ours) == mask).all()


@given(pairs)
def test_it_combines_masks_as_bitmaps_do(pair: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = pair
    a, b = rle.encode(first), rle.encode(second)
    union = (first | second).sum()
    assert rle.merge([a, b]) == rle.encode(first | second)
    assert rle.merge([a, b], intersect=True) == rle.encode(first & second)
    assert rle.subtract(a, b) == rle.encode(first & ~second)
    assert rle.iou(a, b) == pytest.approx((first & second).sum() / union if union else 0.0)


@given(st.lists(st.integers(0, 2**30), max_size=30))
def test_it_gives_back_any_runs_it_packed(lengths: list[Any]) -> None:
    assert unpack(pack(np.array(lengths, dtype=np.int64))).tolist() == lengths


@given(masks, st.data())
def test_it_brings_every_spelling_of_a_mask_to_one(mask: np.ndarray, data: Any) -> None:
    lengths = rle.runs(rle.encode(mask)).tolist()
    cut = data.draw(st.integers(0, len(lengths) - 1))
    part = data.draw(st.integers(0, lengths[cut]))
    spelled = [*lengths[:cut], part, 0, lengths[cut] - part, *lengths[cut + 1 :]]
    assert rle.validate({"size": list(mask.shape), "counts": spelled}, *mask.shape) == rle.encode(mask)
    as_text = {"size": list(mask.shape), "counts": pack(np.array(spelled))}
    assert rle.validate(as_text, *mask.shape) == rle.encode(mask)


@given(st.text(max_size=40))
def test_it_never_breaks_on_hostile_text(counts: str) -> None:
    with contextlib.suppress(RleError):
        assert rle.area(rle.validate({"size": [6, 7], "counts": counts}, 6, 7)) <= 42


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["size", "counts", "x"]), inner),
    max_leaves=8,
)


@given(json_values)
def test_it_never_breaks_on_hostile_objects(value: Any) -> None:
    for candidate in (value, {"size": [2, 2], "counts": value}, {"size": value, "counts": [4]}):
        with contextlib.suppress(RleError):
            assert rle.area(rle.validate(candidate, 2, 2)) <= 4


GOOD = {"size": [3, 4], "counts": [2, 3, 7]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"counts": [2, 3, 6]}, "make 11 pixels"),
        ({"counts": [2, 3, 8]}, "make 13 pixels"),
        ({"counts": [14, -2]}, "negative"),
        ({"counts": pack(np.array([14, -2]))}, "negative run (-2)"),
        ({"counts": [2.0, 3, 7]}, "whole numbers"),
        ({"counts": [True, 3, 8]}, "whole numbers"),
        ({"counts": ["2", 3, 7]}, "whole numbers"),
        ({"counts": [2**70]}, "whole numbers"),
        ({"counts": []}, "make 0 pixels"),
        ({"counts": ""}, "make 0 pixels"),
        ({"counts": "2p7"}, "'p' at position 1"),
        ({"counts": "2 7"}, "' ' at position 1"),
        ({"counts": "2é7"}, "not ASCII"),
        ({"counts": "2R"}, "middle of a number"),
        ({"counts": "oooooooo0"}, "9 digits"),
        ({"counts": "0" * 4_000_001}, "4000001 characters"),
        ({"counts": [0] * 4_000_001}, "4000001 runs; 26 are the most"),
        ({"counts": [0] * 26 + [12]}, "27 runs; 26 are the most for an image of 3 x 4"),
        ({"counts": "0" * 27}, "27 runs; 26 are the most for an image of 3 x 4"),
        ({"counts": None}, "COCO string"),
        ({"counts": b"237"}, "COCO string"),
        ({"size": [4, 3]}, "image is 3 high and 4 wide"),
        ({"size": [3, 4, 1]}, "[height, width]"),
        ({"size": [3.0, 4]}, "[height, width]"),
        ({"size": "34"}, "[height, width]"),
        ({"extra": 1}, "exactly"),
    ],
)
def test_it_refuses_what_is_no_mask_and_says_why(change: dict[str, Any], says: str) -> None:
    assert rle.area(rle.validate(GOOD, 3, 4)) == 3
    with pytest.raises(RleError) as refused:
        rle.validate(GOOD | change, 3, 4)
    assert says in str(refused.value)


def test_it_refuses_stuffing_before_it_reads_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*args: object) -> Any:
        raise AssertionError("the runs were read")

    monkeypatch.setattr(rle, "unpack", read)
    monkeypatch.setattr(rle, "from_runs", read)
    for counts in ("0" * 4_000_000, [0] * 4_000_000):
        with pytest.raises(RleError, match="4000000 runs; 2000002 are the most"):
            rle.validate({"size": [1000, 1000], "counts": counts}, 1000, 1000)


def test_it_refuses_images_beyond_a_gigapixel() -> None:
    with pytest.raises(RleError, match="larger than"):
        rle.validate({"size": [40_000, 40_000], "counts": [1_600_000_000]}, 40_000, 40_000)


def test_it_refuses_to_compare_masks_of_different_sizes() -> None:
    with pytest.raises(RleError, match="different sizes"):
        rle.iou(rle.encode(np.ones((2, 3))), rle.encode(np.ones((3, 2))))
    with pytest.raises(RleError, match="no mask"):
        rle.merge([])


@pytest.mark.parametrize("shape", [(0, 3), (3,), (1, 2, 3)])
def test_it_refuses_arrays_that_are_no_picture(shape: tuple[Any, ...]) -> None:
    with pytest.raises(RleError, match="height, width"):
        rle.encode(np.zeros(shape, bool))


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=30), st.lists(st.booleans(), min_size=30, max_size=30))
def test_a_text_with_digits_to_spare_is_written_anew_and_any_other_stays(runs: list[int], spare: list[bool]) -> None:
    runs = [run + (place > 0) for place, run in enumerate(runs)]  # no zero run but the first
    runs[-1] += not sum(runs)
    text = pack(np.array(runs, dtype=np.int64))
    numbers = re.findall(r"[P-o]*[0-O]", text)
    # A number may end in a digit that says no more than the sign of the one before.
    longer = [n[:-1] + chr(ord(n[-1]) + 32) + ("O" if n[-1] >= "@" else "0") for n in numbers]
    stuffed = "".join(b if more else a for a, b, more in zip(numbers, longer, spare, strict=False))
    assert unpack(stuffed).tolist() == runs
    for spelled in (text, stuffed):
        assert rle.validate({"size": [1, sum(runs)], "counts": spelled}, 1, sum(runs)) == Rle((1, sum(runs)), text)

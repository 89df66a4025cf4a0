"""The fixtures shared with the JavaScript suite hold for the Python code, and for SAM's rule written with torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pycocotools import mask as coco

from sam_backend.postprocess import upsample_mask
from sam_backend.prompts import build_prompt
from sam_backend.transforms import Frame

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROMPTS = json.loads((FIXTURES / "prompts_golden.json").read_text())
POSTPROCESS = json.loads((FIXTURES / "postprocess_golden.json").read_text())["cases"]


def frame_of(case: Any) -> Frame:
    return Frame(case["height"], case["width"], case["input_size"], case.get("fit") == "stretch")


@pytest.mark.parametrize("case", PROMPTS["cases"], ids=lambda case: case["name"])
def test_prompts_become_the_golden_tensors(case: Any) -> None:
    tensors = build_prompt(frame_of(case), case["points"], case["labels"], case["box"])
    expected = case["expected"]
    np.testing.assert_allclose(tensors.point_coords[0], expected["point_coords"], rtol=1e-6)
    assert tensors.point_labels[0].tolist() == expected["point_labels"]
    assert tensors.ambiguous == expected["ambiguous"]


@pytest.mark.parametrize("case", PROMPTS["refused"], ids=lambda case: case["name"])
def test_bad_prompts_are_refused(case: Any) -> None:
    with pytest.raises(ValueError, match=r"received"):
        build_prompt(frame_of(case), case["points"], case["labels"], case["box"])


@pytest.mark.parametrize("case", POSTPROCESS, ids=lambda case: f"{case['width']}x{case['height']}")
def test_logits_become_the_golden_masks(case: Any) -> None:
    frame, side = frame_of(case), case["mask_size"]
    assert (frame.scaled_width, frame.scaled_height) == (case["scaled_width"], case["scaled_height"])
    logits = np.array(case["logits"], np.float32).reshape(side, side)
    mask = upsample_mask(logits, frame)
    assert (mask == coco.decode(case["rle"]).astype(bool)).all()


@pytest.mark.torch
@pytest.mark.parametrize("case", POSTPROCESS, ids=lambda case: f"{case['width']}x{case['height']}")
def test_golden_masks_are_sams(case: Any) -> None:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    side, size = case["mask_size"], case["input_size"]
    logits = torch.tensor(case["logits"]).view(1, 1, side, side)
    square = functional.interpolate(logits, (size, size), mode="bilinear", align_corners=False)
    picture = square[..., : case["scaled_height"], : case["scaled_width"]]
    # SAM 2's rule is one step, from the logits themselves
    source = logits if case.get("fit") == "stretch" else picture
    full = functional.interpolate(source, (case["height"], case["width"]), mode="bilinear", align_corners=False)
    assert ((full[0, 0] > 0).numpy() == coco.decode(case["rle"]).astype(bool)).all()

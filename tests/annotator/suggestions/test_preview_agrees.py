"""What the page counts while sliders move is what a search with those limits finds: the shipped model, real photos, and
the page's own rule (static/app/pages/automatic/thresholds.js) run by Node.js."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skimage.data
from PIL import Image

from annotator.suggestions.search.candidates import permissive, small
from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
KEEP = """
import { keep } from './static/app/pages/automatic/thresholds.js';
const text = await new Response(process.stdin).text();
const { rows, wishes, pixels } = JSON.parse(text);
console.log(JSON.stringify(wishes.map((wish) => keep(rows, wish, pixels).length)));
"""
LIMITS = ({}, {"predicted_iou": 0.3, "stability": 0.5}, {"nms": 0.4}, {"min_region": 800}, {"stability": 0.9})


@pytest.fixture(scope="module")
def backend() -> PredictorBackend:
    return PredictorBackend(Predictor(load_package(compact_package_path())))


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js, which the browser's tests need as well."""
    found = shutil.which("node") or shutil.which("node", path=Path(sys.executable).parent)
    if found is None:
        pytest.skip("Node.js is not on this machine.")
    return found


@pytest.mark.parametrize("photo", ["coffee", "astronaut", "coins"])
def test_the_page_counts_what_a_search_finds(backend: PredictorBackend, node: str, photo: Any) -> None:
    picture = np.asarray(Image.fromarray(getattr(skimage.data, photo)()).convert("RGB").resize((420, 300)))
    height, width = picture.shape[:2]
    encoded = backend.encode(picture)
    wishes = [preset("quick", points_per_side=8, **limits) for limits in LIMITS]
    low = permissive(wishes[0])
    stored = AutomaticMasks(backend, low).candidates(picture, encoded=encoded)
    rows = small(stored, height, width, backend.threshold, likely=wishes[0])
    names = ("predicted_iou", "stability", "nms", "crop_nms", "min_region", "max_area")
    asked = {
        "rows": [{**row, "rle": None} for row in rows],
        "wishes": [{name: getattr(wish, name) for name in names} for wish in wishes],
        "pixels": height * width,
    }
    answer = subprocess.run(
        [node, "--input-type=module", "-e", KEEP], input=json.dumps(asked), cwd=ROOT, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    counted = json.loads(answer.stdout)
    found = [len(AutomaticMasks(backend, wish).generate(picture, encoded=encoded)) for wish in wishes]
    print(photo, counted, found)
    assert counted[0] > 0
    # The preview was made for the first wish: its masks are finished at full size, the others' only at the page's.
    assert counted[0] == found[0]
    for ours, theirs in zip(counted, found, strict=True):
        assert abs(ours - theirs) <= max(1, theirs // 10)  # one in ten of what a search finds

"""One click in the middle of each of six objects of the demo photos, with the embedded model.

``python tests/sam_backend/compact/test_demo_objects.py [PACKAGE]`` prints what each click gives.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco
from skimage import data

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.evaluation.metrics import iou

FIXTURE = Path(__file__).parents[2] / "fixtures" / "demo_objects.json"
OBJECTS = json.loads(FIXTURE.read_text(encoding="utf-8"))["objects"]
GOOD = 0.8
FOUND = 5
"""Objects of the six that the embedded model finds with the top-scored mask, as many as are asked of it."""
PHOTOS: dict[str, Callable[[], npt.NDArray[np.uint8]]] = {
    "chelsea.png": data.chelsea,
    "coffee.png": data.coffee,
    "coins.png": data.coins,
    "astronaut.png": data.astronaut,
    "motorcycle_left.png": lambda: data.stereo_motorcycle()[0],
    "rocket.jpg": data.rocket,
}


def one_click(predictor: Predictor, row: dict[str, Any]) -> dict[str, float]:
    """IoU of the top-scored mask with each answer that makes sense, by its name."""
    picture = PHOTOS[row["photo"]]()
    predictor.set_image(np.ascontiguousarray(picture if picture.ndim == 3 else np.stack([picture] * 3, -1)))
    prediction = predictor.predict(points=[row["click"]], labels=[1])
    mask = prediction.mask(1 + int(np.argmax(prediction.scores[1:])))
    found = {}
    for name, counts in row["answers"].items():
        found[name] = iou(mask, coco.decode({"size": row["size"], "counts": counts.encode()}).astype(bool))
    return found


def test_references_belong_to_the_photos_and_hold_their_clicks() -> None:
    for row in OBJECTS:
        assert list(PHOTOS[row["photo"]]().shape[:2]) == row["size"]
        x, y = row["click"]
        for counts in row["answers"].values():
            assert coco.decode({"size": row["size"], "counts": counts.encode()})[int(y), int(x)]


def test_one_click_finds_as_many_of_the_six_as_it_did() -> None:
    predictor = Predictor(load_package(compact_package_path()))
    good = [row["photo"] for row in OBJECTS if max(one_click(predictor, row).values()) >= GOOD]
    assert len(good) >= FOUND, good


if __name__ == "__main__":
    asked = Predictor(load_package(Path(sys.argv[1]) if len(sys.argv) > 1 else compact_package_path()))
    for line in OBJECTS:
        print(line["photo"], {name: round(value, 2) for name, value in one_click(asked, line).items()})

"""A tiny synthetic set: bright discs on dark ground."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask


def rle_of(mask: Any) -> dict[str, Any]:
    rle = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": rle["size"], "counts": rle["counts"].decode()}


@pytest.fixture
def discs(tmp_path: Path) -> Path:
    return make_discs(tmp_path)


def make_discs(parent: Path) -> Path:
    """Six pictures with one disc each, as a data folder."""
    folder = parent / "discs"
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(0)
    with (folder / "annotations.jsonl").open("w") as listing:
        for index in range(6):
            picture = np.full((64, 96, 3), 40, np.uint8)
            mask = np.zeros((64, 96), np.uint8)
            centre = (int(rng.integers(25, 70)), int(rng.integers(22, 42)))
            cv2.circle(mask, centre, 18, 1, -1)
            picture[mask > 0] = (220, 200, 60)
            name = f"images/{index}.png"
            cv2.imwrite(str(folder / name), picture)
            row = {"image": name, "height": 64, "width": 96, "masks": [{"rle": rle_of(mask)}]}
            listing.write(json.dumps(row) + "\n")
    return folder

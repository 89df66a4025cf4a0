"""A training pack as data folders again, so that a machine that got only the pack can measure on it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from pycocotools import mask as coco_mask

from sam_backend.data.pack import PackedImage, read_pack


def unpack(source: Path, folder: Path) -> list[Path]:
    """Writes `SET/images/*.jpg` and `SET/annotations.jsonl` for every set of a pack; returns the sets' folders.

    The images have the size they were packed at, and so have the masks.

    Raises:
        ValueError: the file is not a pack.
    """
    listings: dict[Path, list[str]] = {}
    for image in read_pack(source):
        home = folder / image.set
        (home / "images").mkdir(parents=True, exist_ok=True)
        (home / "images" / image.name).write_bytes(image.jpeg.tobytes())
        listings.setdefault(home, []).append(json.dumps(_row(image)))
    for home, lines in listings.items():
        (home / "annotations.jsonl").write_text("\n".join(lines) + "\n")
    return sorted(listings)


def _row(image: PackedImage) -> dict[str, object]:
    height, width = image.pixels().shape[:2]
    masks = []
    for index in range(len(image.counts)):
        small = cv2.resize(image.mask(index) * 255, (width, height), interpolation=cv2.INTER_AREA) > 127
        rle = coco_mask.encode(np.asfortranarray(small.astype(np.uint8)))
        masks.append({"rle": {"size": [height, width], "counts": rle["counts"].decode()}})
    return {"image": f"images/{image.name}", "height": height, "width": width, "masks": masks}

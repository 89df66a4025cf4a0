"""Tiny sets with known answers: squares on a picture of 100 x 100 pixels, and models that answer as told."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as coco_mask

SIDE = 100


def square(x: int, y: int, width: int, height: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[y : y + height, x : x + width] = True
    return mask


def rle(mask: np.ndarray) -> dict[str, Any]:
    found = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    return {"size": list(found["size"]), "counts": found["counts"].decode()}


def folder(parent: Path, images: list[list[dict[str, Any]]], name: str = "squares") -> Path:
    """A data folder: per image its masks, each {"mask", "label"?, "source"?}; the picture is bright where masks are."""
    made = parent / name
    (made / "images").mkdir(parents=True)
    rows = []
    for number, masks in enumerate(images):
        pixels = np.full((SIDE, SIDE, 3), 20, np.uint8)
        for row in masks:
            pixels[row["mask"]] += 100
        Image.fromarray(pixels).save(made / "images" / f"{number}.png")
        shown = [
            {key: value for key, value in row.items() if key != "mask"} | {"rle": rle(row["mask"])} for row in masks
        ]
        rows.append({"image": f"images/{number}.png", "height": SIDE, "width": SIDE, "masks": shown})
    (made / "annotations.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return made


class Told:
    """Answers every prompt with the four masks and scores it was told, and remembers what it was asked."""

    def __init__(self, masks: list[np.ndarray], scores: list[float]) -> None:
        self.masks, self.scores, self.asked = masks, np.array(scores, np.float32), []

    def set_image(self, rgb: np.ndarray) -> None:
        self.pixels = rgb

    def predict(self, points: Any = None, labels: Any = None, box: Any = None, mask_input: Any = None) -> Any:
        self.asked.append((points, box, mask_input))
        masks = self.masks
        logits = np.stack([np.full((4, 4), token, np.float32) for token in range(4)])
        return SimpleNamespace(scores=self.scores, logits=logits, mask=lambda token, parts: masks[token])


class Filled(Told):
    """Answers a box with the box filled, after the first round with its left half missing."""

    def __init__(self, score: float = 0.9) -> None:
        super().__init__([], [0.1, 0.2, score, 0.3])

    def predict(self, points: Any = None, labels: Any = None, box: Any = None, mask_input: Any = None) -> Any:
        x0, y0, x1, y1 = (int(value) for value in box)
        whole, half = square(x0, y0, x1 - x0, y1 - y0), square((x0 + x1) // 2, y0, x1 - (x0 + x1) // 2, y1 - y0)
        self.masks = [whole if mask_input is not None else half] * 4
        return super().predict(points, labels, box, mask_input)

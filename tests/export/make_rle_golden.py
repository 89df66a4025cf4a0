"""Writes tests/fixtures/rle_golden.json with pycocotools as the judge. Run: python tests/export/make_rle_golden.py

Read by the Python and the JavaScript suite. Each case: name, size [h, w], counts_string, counts_list (runs, background
first), area, bbox [x, y, w, h]; small masks also rows, one string of 0 and 1 per row.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from pycocotools import mask as coco

FIXTURE = Path(__file__).parent.parent / "fixtures" / "rle_golden.json"


def rows(*lines: str) -> np.ndarray:
    return np.array([[pixel == "1" for pixel in line] for line in lines])


def disc(height: int, width: int, y: float, x: float, radius: float) -> np.ndarray:
    grid_y, grid_x = np.ogrid[:height, :width]
    return (grid_y - y) ** 2 + (grid_x - x) ** 2 <= radius**2


def block(height: int, width: int, y0: int, y1: int, x0: int, x1: int) -> np.ndarray:
    mask = np.zeros((height, width), bool)
    mask[y0:y1, x0:x1] = True
    return mask


def masks() -> dict[str, np.ndarray]:
    noise = np.random.default_rng(7)
    return {
        "hole": rows("000000", "011110", "010010", "010010", "011110", "000000"),
        "two parts": rows("1100000", "1100000", "0000011", "0000011"),
        "diagonal touch": rows("100", "010", "001"),
        "one pixel": rows("0000", "0010", "0000"),
        "one pixel, first": rows("1000", "0000"),
        "one pixel, last": rows("0000", "0001"),
        "one pixel image, set": rows("1"),
        "one pixel image, clear": rows("0"),
        "full": np.ones((5, 3), bool),
        "empty": np.zeros((5, 3), bool),
        "border, left column": block(4, 5, 0, 4, 0, 1),
        "border, right column": block(4, 5, 0, 4, 4, 5),
        "border, top row": block(4, 5, 0, 1, 0, 5),
        "border, bottom row": block(4, 5, 3, 4, 0, 5),
        "border, all round": ~block(5, 6, 1, 4, 1, 5),
        "one row": rows("0110100111"),
        "one column": rows("0", "1", "1", "0", "1"),
        "wraps a column end": rows("010", "100", "100"),
        "checkerboard": np.indices((7, 9)).sum(axis=0) % 2 == 1,
        "noise, odd size": noise.random((13, 17)) < 0.4,
        "disc, odd size": disc(101, 67, 50, 33, 29.5),
        "disc with hole": disc(120, 160, 60, 80, 50) & ~disc(120, 160, 55, 85, 20),
        "run just under 2^15": block(32767, 2, 0, 32767, 1, 2),
        "run of 2^15": block(32768, 2, 0, 32768, 1, 2),
        "run over 2^15": block(300, 400, 0, 300, 50, 250),
        "run over 2^20": block(1500, 2000, 0, 1500, 300, 1900),
        "long runs with differences": disc(1500, 2250, 700, 1100, 600),
        "full, large": np.ones((3000, 2000), bool),
        "empty, large": np.zeros((3000, 2000), bool),
    }


def runs(mask: np.ndarray) -> list[int]:
    """The plain definition, pixel by pixel."""
    counts, current, run = [], False, 0
    for pixel in mask.ravel(order="F").tolist():
        if pixel != current:
            counts.append(run)
            current, run = pixel, 0
        run += 1
    return [*counts, run]


def case(name: str, mask: np.ndarray) -> dict[str, object]:
    encoded = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    entry: dict[str, object] = {
        "name": name,
        "size": list(mask.shape),
        "counts_string": encoded["counts"].decode(),
        "counts_list": runs(mask),
        "area": int(coco.area(encoded)),
        "bbox": [int(side) for side in coco.toBbox(encoded)],
    }
    if mask.size <= 300:
        entry["rows"] = ["".join("1" if pixel else "0" for pixel in row) for row in mask]
    return entry


def text() -> str:
    cases = [json.dumps(case(name, mask)) for name, mask in masks().items()]
    return "[\n" + ",\n".join(cases) + "\n]\n"


if __name__ == "__main__":
    FIXTURE.write_text(text(), encoding="utf-8")

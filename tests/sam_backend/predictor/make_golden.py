"""Writes the golden fixtures that the Python and the JavaScript suites share.

Run ``python tests/sam_backend/predictor/make_golden.py`` after a deliberate change of a rule, and read the diff.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco

from sam_backend.postprocess import keep_clicked, upsample_mask
from sam_backend.prompts import build_prompt
from sam_backend.transforms import Frame

FIXTURES = Path(__file__).parents[2] / "fixtures"

# name, (width, height), input size, points, labels, box
PROMPTS: list[tuple[str, tuple[int, int], int, Any, Any, Any]] = [
    ("one click, landscape", (640, 480), 512, [[320.5, 240.5]], [1], None),
    ("one click, portrait, other input size", (3, 4), 1024, [[1.5, 2.0]], [1], None),
    ("two clicks", (1500, 2250), 512, [[100, 200], [1400.25, 2000.75]], [1, 0], None),
    ("box alone", (640, 427), 512, [], [], [10, 20, 630, 400]),
    ("box and clicks", (640, 427), 1024, [[300, 200], [20, 30]], [1, 0], [10.5, 20.25, 630, 400]),
    ("image smaller than the square", (100, 50), 512, [[99.5, 49.5]], [1], None),
    ("rounds half up: 333 x 500 in 512", (333, 500), 512, [[332.5, 499.5], [0.5, 0.5]], [0, 1], None),
    ("very thin", (5000, 3), 512, [[4999, 1.5]], [1], None),
    ("one pixel", (1, 1), 512, [[0.5, 0.5]], [1], None),
    ("edges of the image", (641, 479), 512, [[0, 0], [641, 479]], [1, 1], None),
    ("a negative click alone", (640, 480), 512, [[5, 5]], [0], None),
]
REFUSED: list[tuple[str, tuple[int, int], Any, Any, Any]] = [
    ("nothing asked", (640, 480), [], [], None),
    ("unknown label", (640, 480), [[1, 1]], [4], None),
    ("labels missing", (640, 480), [[1, 1], [2, 2]], [1], None),
    ("point outside", (640, 480), [[640.5, 10]], [1], None),
    ("box without area", (640, 480), [], [], [10, 10, 10, 50]),
    ("box turned round", (640, 480), [], [], [50, 10, 10, 50]),
    ("box outside", (640, 480), [], [], [10, 10, 50, 481]),
    ("not a number", (640, 480), [[None, 10]], [1], None),
]
# width, height, input size, mask size
FRAMES = [
    (40, 30, 32, 16),
    (30, 40, 32, 16),
    (33, 33, 32, 16),
    (101, 7, 32, 16),
    (5, 77, 32, 16),
    (1, 1, 32, 16),
    (16, 9, 64, 16),
    (97, 61, 64, 16),
    (200, 3, 64, 16),
]


def prompt_cases() -> dict[str, Any]:
    cases, refused = [], []
    for name, (width, height), size, points, labels, box in PROMPTS:
        tensors = build_prompt(Frame(height, width, size), points, labels, box)
        expected = {
            "point_coords": tensors.point_coords[0].tolist(),
            "point_labels": tensors.point_labels[0].tolist(),
            "ambiguous": tensors.ambiguous,
        }
        cases.append(_prompt(name, width, height, points, labels, box, input_size=size, expected=expected))
    for name, (width, height), points, labels, box in REFUSED:
        refused.append(_prompt(name, width, height, points, labels, box, input_size=512))
    return {"about": "Prompts in image pixels to decoder inputs.", "cases": cases, "refused": refused}


def _prompt(name: str, width: int, height: int, points: Any, labels: Any, box: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "width": width, "height": height, "points": points, "labels": labels, "box": box, **more}


def postprocess_cases() -> dict[str, Any]:
    rng = np.random.default_rng(7)
    return {
        "about": "Logits [mask_size^2, row by row] to masks at image size: COCO RLE, and with only the clicked parts.",
        "cases": [_postprocess(Frame(h, w, size), side, rng) for w, h, size, side in FRAMES],
    }


def _postprocess(frame: Frame, side: int, rng: np.random.Generator) -> dict[str, Any]:
    while True:
        logits = _blobs(side, rng)
        mask = upsample_mask(logits, frame)
        # A pixel at the threshold would turn on the last bit of float arithmetic: leave a margin both suites share.
        if (upsample_mask(logits - 1e-4, frame) == upsample_mask(logits + 1e-4, frame)).all() and mask.any():
            break
    rows, columns = np.nonzero(mask)
    click = [float(columns[len(columns) // 2]) + 0.5, float(rows[len(rows) // 2]) + 0.5]
    return {
        "width": frame.width,
        "height": frame.height,
        "input_size": frame.input_size,
        "scaled_width": frame.scaled_width,
        "scaled_height": frame.scaled_height,
        "mask_size": side,
        "logits": logits.ravel().tolist(),
        "rle": _rle(mask),
        "area": int(mask.sum()),
        "click": click,
        "clicked_rle": _rle(keep_clicked(mask, [click], [1])),
    }


def _blobs(side: int, rng: np.random.Generator) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Smooth noise with several islands, exactly representable in few digits."""
    noise = rng.normal(size=(side, side))
    for axis in (0, 1):
        noise = (np.roll(noise, 1, axis) + 2 * noise + np.roll(noise, -1, axis)) / 4
    return (np.rint(noise * 256) / 64).astype(np.float32)


def _rle(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, Any]:
    rle = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": [int(side) for side in rle["size"]], "counts": rle["counts"].decode()}


def main() -> None:
    for name, data in (("prompts_golden", prompt_cases()), ("postprocess_golden", postprocess_cases())):
        text = json.dumps(data, allow_nan=False) + "\n"
        for opening in ('{"name"', '{"width"'):  # one case per line, so that a diff can be read
            text = text.replace(opening, "\n" + opening)
        (FIXTURES / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()

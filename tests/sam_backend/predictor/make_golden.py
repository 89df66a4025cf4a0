"""Writes the golden fixtures that the Python and the JavaScript suites share.

Run ``python tests/sam_backend/predictor/make_golden.py`` after a deliberate change of a rule, and read the diff.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as coco
from scipy import ndimage

from sam_backend.edges import EdgeGuide
from sam_backend.finish import Finish, parts_of
from sam_backend.postprocess import upsample_mask
from sam_backend.prompts import build_prompt
from sam_backend.settled import settle
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
# the same, for a model whose pictures are stretched over the square
STRETCHED: list[tuple[str, tuple[int, int], int, Any, Any, Any]] = [
    ("stretched: x and y are scaled apart", (1500, 500), 256, [[100, 200], [1400.25, 300.75]], [1, 0], None),
    ("stretched: box and click", (333, 640), 256, [[300, 200]], [1], [10.5, 20.25, 330, 600]),
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
# width, height and mask size of pictures that are stretched over the square, from which masks come in one step
STRETCHED_FRAMES = [(40, 30, 16), (33, 101, 16), (200, 61, 16)]


def prompt_cases() -> dict[str, Any]:
    cases, refused = [], []
    for name, (width, height), size, points, labels, box in [*PROMPTS, *STRETCHED]:
        fit = {"fit": "stretch"} if name.startswith("stretched") else {}
        tensors = build_prompt(Frame(height, width, size, bool(fit)), points, labels, box)
        expected = {
            "point_coords": tensors.point_coords[0].tolist(),
            "point_labels": tensors.point_labels[0].tolist(),
            "ambiguous": tensors.ambiguous,
        }
        cases.append(_prompt(name, width, height, points, labels, box, input_size=size, expected=expected, **fit))
    for name, (width, height), points, labels, box in REFUSED:
        refused.append(_prompt(name, width, height, points, labels, box, input_size=512))
    return {"about": "Prompts in image pixels to decoder inputs.", "cases": cases, "refused": refused}


def _prompt(name: str, width: int, height: int, points: Any, labels: Any, box: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "width": width, "height": height, "points": points, "labels": labels, "box": box, **more}


def postprocess_cases() -> dict[str, Any]:
    rng = np.random.default_rng(7)
    return {
        "about": "Logits [mask_size^2, row by row] to masks at image size: COCO RLE, and with only the clicked parts.",
        "cases": [
            *(_postprocess(Frame(h, w, size), side, rng) for w, h, size, side in FRAMES),
            *(_postprocess(Frame(h, w, side, True), side, rng) for w, h, side in STRETCHED_FRAMES),
        ],
    }


def _postprocess(frame: Frame, side: int, rng: np.random.Generator) -> dict[str, Any]:
    while True:
        logits = _blobs(side, rng)
        if frame.stretched and _touches_at_corners(logits > 0):
            continue
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
        "clicked_rle": _rle(_part_under(mask, click)),
        **({"fit": "stretch"} if frame.stretched else {}),
    }


def _touches_at_corners(cells: np.ndarray[Any, np.dtype[np.bool_]]) -> bool:
    """Parts that meet at a corner are one on the small map, and two in the picture once that is much larger."""
    return bool(ndimage.label(cells)[1] != ndimage.label(cells, np.ones((3, 3)))[1])


def _part_under(mask: np.ndarray[Any, np.dtype[np.bool_]], click: list[float]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """By another library than ours, and on the finished mask: what the rule on the small map has to come to."""
    parts, _ = ndimage.label(mask, np.ones((3, 3)))
    part: np.ndarray[Any, np.dtype[np.bool_]] = parts == parts[int(click[1]), int(click[0])]
    return part


BARE = {"radius": 0, "cells": 0}
# name, (width, height), input size, what is asked ("new" points of a correction are the last), and
# what of the package's wishes differs from those below
FINISHES: list[tuple[str, tuple[int, int], int, dict[str, Any], dict[str, Any]]] = [
    ("one click, borders and crumbs", (48, 36), 64, {"clicks": 1}, {}),
    ("one click on a portrait", (30, 51), 64, {"clicks": 1}, {}),
    ("one click, nothing but the clicked part", (40, 40), 32, {"clicks": 1}, {"radius": 0, "cells": 0}),
    ("one click, crumbs alone, every part", (40, 40), 32, {"clicks": 1, "parts": "all"}, {"radius": 0}),
    ("one click, borders alone", (64, 64), 64, {"clicks": 1, "parts": "all"}, {"cells": 0}),
    (
        "nothing asked for by the package, every part",
        (33, 21),
        64,
        {"clicks": 1, "parts": "all"},
        {"radius": 0, "cells": 0},
    ),
    ("two positive points", (60, 44), 64, {"clicks": 2}, {}),
    ("two positive points and a negative one", (44, 60), 64, {"clicks": 2, "against": 1}, {}),
    ("five points", (57, 57), 64, {"clicks": 3, "against": 2}, {}),
    ("negative points alone keep every part", (57, 33), 64, {"against": 2}, {}),
    ("a negative point in a pinhole", (64, 64), 64, {"clicks": 1, "hole": True}, {"radius": 0, "cells": 6}),
    ("a click on a crumb", (64, 64), 64, {"clicks": 1, "crumb": True}, {"radius": 0, "cells": 30}),
    ("a click on no part", (64, 48), 64, {"beside": True}, {}),
    ("a box", (60, 44), 64, {"box": [10, 5, 50, 40]}, {}),
    ("a box and points", (60, 44), 64, {"box": [10, 5, 50, 40], "clicks": 1, "against": 1}, {}),
    ("a finished mask that is corrected", (60, 44), 64, {"clicks": 2, "parts": "all"}, {}),
    ("another threshold", (60, 44), 64, {"clicks": 1}, {"threshold": 0.5}),
    ("a picture smaller than the square", (11, 7), 64, {"clicks": 1}, {}),
    ("a strip", (90, 9), 64, {"clicks": 1}, {"cells": 2}),
    ("a larger picture", (130, 75), 64, {"clicks": 2}, {}),
    ("a correction", (60, 44), 64, {"clicks": 3, "new": 1}, {}),
    ("a correction of a portrait by two new points", (30, 51), 64, {"clicks": 2, "against": 2, "new": 2}, {}),
    ("a correction with nothing else asked for", (40, 40), 32, {"clicks": 2, "new": 1, "parts": "all"}, BARE),
    ("a correction that takes away", (48, 48), 64, {"clicks": 1, "against": 2, "new": 1}, BARE),
    ("a correction at another threshold", (60, 44), 64, {"clicks": 2, "against": 1, "new": 1}, {"threshold": 0.5}),
    ("a correction of a small mask", (64, 48), 64, {"clicks": 2, "new": 1}, BARE | {"lower": 1.5}),
]
FINISH_SIDE = 16


def finish_cases() -> dict[str, Any]:
    """Every case has the four masks of one answer: what is shown first and the candidates are finished alike."""
    rng = np.random.default_rng(11)
    return {
        "about": "Logits [4, side, side] of an answer, what was asked and what the package wishes, to finished masks.",
        "cases": [_finish_case(rng, *entry) for entry in FINISHES],
    }


def _finish_case(
    rng: np.random.Generator, name: str, size: tuple[int, int], square: int, asked: dict[str, Any], more: dict[str, Any]
) -> dict[str, Any]:
    frame = Frame(size[1], size[0], square)
    wish = {"radius": 2, "cells": 4, "threshold": 0.0} | more
    while True:
        logits = np.stack([_blobs(FINISH_SIDE, rng) for _ in range(4)]) + np.float32(1 / 128)  # never at 0
        guide = np.rint(rng.random((1, 3, FINISH_SIDE, FINISH_SIDE)) * 16).astype(np.float32) / 16
        points = _asked_points(logits[0], frame, asked, rng)
        if points is None:
            continue
        before = None
        if asked.get("new"):
            before = _blobs(FINISH_SIDE, rng) - np.float32(wish.get("lower", 0) + 1 / 256)
            new = (clicks_of(points)[0][-asked["new"] :], clicks_of(points)[1][-asked["new"] :])
            logits, given = settle(logits, before, frame, new, wish["threshold"]), logits
        clicks = clicks_of(points)
        parts = asked.get("parts") or parts_of(clicks[1], asked.get("box"))
        rule = Finish(
            frame, wish["threshold"], wish["cells"], EdgeGuide(guide, frame, wish["radius"]) if wish["radius"] else None
        )
        masks = [rule.mask(one, clicks, parts) for one in logits]
        if all(_clear(one, rule, clicks, parts) for one in logits) and masks[0].any():
            break
    correction = {} if before is None else {"before": before.ravel().tolist(), "new": asked["new"]}
    logits = logits if before is None else given
    return {
        "name": name, "width": frame.width, "height": frame.height, "input_size": square, "side": FINISH_SIDE,
        "edge_radius": wish["radius"], "tidy_cells": wish["cells"], "threshold": wish["threshold"],
        "points": points, "box": asked.get("box"), "parts": asked.get("parts"),
        "guide": guide.ravel().tolist(), "logits": logits.reshape(4, -1).tolist(), "rles": [_rle(m) for m in masks],
        **correction,
    }  # fmt: skip


def clicks_of(points: list[list[float]]) -> tuple[Any, Any]:
    """Points [N, 2] and labels [N]."""
    return np.array([p[:2] for p in points], np.float32).reshape(-1, 2), np.array([p[2] for p in points], int)


def _asked_points(
    logits: Any, frame: Frame, asked: dict[str, Any], rng: np.random.Generator
) -> list[list[float]] | None:
    """Points [x, y, label] of the kinds asked for; None where the logits offer no place for one."""
    if asked.get("hole") or asked.get("crumb"):
        return _at_smallest(logits, frame, bool(asked.get("hole")))
    mask = upsample_mask(logits, frame)
    places = {1: mask, 0: ~mask}
    points: list[list[float]] = []
    for label, count in ((1, asked.get("clicks", 0)), (0, asked.get("against", 0))):
        rows, columns = np.nonzero(places[label])
        if len(rows) < count:
            return None
        for at in rng.choice(len(rows), count, replace=False):
            points.append([float(columns[at]) + 0.5, float(rows[at]) + 0.5, label])
    if asked.get("beside"):
        rows, columns = np.nonzero(ndimage.binary_erosion(~mask, np.ones((3, 3)), iterations=3))
        return [[float(columns[0]) + 0.5, float(rows[0]) + 0.5, 1]] if len(rows) else None
    return points


def _at_smallest(logits: Any, frame: Frame, hole: bool) -> list[list[float]] | None:
    """A point on the smallest part, or on a positive cell and in the smallest hole."""
    parts, count = ndimage.label((logits <= 0) if hole else (logits > 0), np.ones((3, 3)))
    areas = np.bincount(parts.ravel())[1:]
    if count < 2 or areas.min() > 3:
        return None
    cell = frame.width / FINISH_SIDE
    row, column = np.argwhere(parts == 1 + int(areas.argmin()))[0]
    if hole and (min(row, column) == 0 or max(row, column) == FINISH_SIDE - 1):
        return None
    inside = np.argwhere(logits > 0)[0]
    point = [(float(column) + 0.5) * cell, (float(row) + 0.5) * cell, 0 if hole else 1]
    return [[(float(inside[1]) + 0.5) * cell, (float(inside[0]) + 0.5) * cell, 1], point] if hole else [point]


def _clear(logits: Any, rule: Finish, clicks: Any, parts: Any) -> bool:
    """Whether no cell and no pixel lies at the threshold, where the last bit of float arithmetic would decide."""
    finished = rule(logits, clicks, parts)
    refined = logits if rule.guide is None else rule.guide.refine(logits, rule.threshold)
    low, high = (upsample_mask(finished + shift, rule.frame, rule.threshold) for shift in (-3e-5, 3e-5))
    return bool((np.abs(refined - rule.threshold) > 1e-4).all() and (low == high).all())


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
    for name, data in (
        ("prompts_golden", prompt_cases()),
        ("postprocess_golden", postprocess_cases()),
        ("finish_golden", finish_cases()),
    ):
        text = json.dumps(data, allow_nan=False) + "\n"
        for opening in ('{"name"', '{"width"'):  # one case per line, so that a diff can be read
            text = text.replace(opening, "\n" + opening)
        (FIXTURES / f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()

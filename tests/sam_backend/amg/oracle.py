"""Automatic mask generation written the plain way: one point at a time, full-size masks at once, loops for everything.

Shares with the generator the parameters and the definition of a prompt, and no code for crops, filters, suppression,
upsampling, cleaning or encoding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from pycocotools import mask as coco
from scipy import ndimage

from sam_backend.amg.params import Params
from sam_backend.transforms import Frame

EIGHT = np.ones((3, 3))


def crop_boxes(height: int, width: int, p: Params) -> list[tuple[int, int, int, int, int]]:
    boxes = [(0, 0, 0, width, height)]
    for layer in range(1, p.crop_layers + 1):
        n = 2**layer
        overlap = int(p.crop_overlap * min(height, width) * 2 / n)
        w, h = math.ceil((overlap * (n - 1) + width) / n), math.ceil((overlap * (n - 1) + height) / n)
        for row in range(n):
            for column in range(n):
                x, y = min(column * (w - overlap), width - 1), min(row * (h - overlap), height - 1)
                boxes.append((layer, x, y, min(x + w, width), min(y + h, height)))
    return boxes


def resize(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """Bilinear, align_corners=False."""
    for axis, target in ((0, height), (1, width)):
        source = values.shape[axis]
        at = np.clip((np.arange(target) + 0.5) * source / target - 0.5, 0, None)
        low = np.minimum(at.astype(int), source - 1)
        high = np.minimum(low + 1, source - 1)
        share = (at - low).reshape([-1, 1] if axis == 0 else [1, -1])
        values = np.take(values, low, axis) * (1 - share) + np.take(values, high, axis) * share
    return values


def iou(a: np.ndarray | tuple[Any, ...], b: np.ndarray | tuple[Any, ...]) -> np.float64:
    w = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    h = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    area = lambda c: (c[2] - c[0]) * (c[3] - c[1])  # noqa: E731
    return w * h / max(area(a) + area(b) - w * h, 1e-12)


def nms(items: list[Any], limit: float, kept: list[Any] | tuple[()] = ()) -> list[Any]:
    chosen = []
    for item in items:
        if all(iou(item["box"], other["box"]) <= limit for other in [*chosen, *kept]):
            chosen.append(item)
    return chosen


def candidates(backend: Any, image: np.ndarray, crop: tuple[int, ...], p: Params) -> Iterator[dict[str, Any]]:
    layer, x0, y0, x1, y1 = crop
    frame = backend.frame(y1 - y0, x1 - x0)
    encoded = backend.encode(np.ascontiguousarray(image[y0:y1, x0:x1]))
    n = max(1, p.points_per_side // p.points_downscale**layer)
    for j in range(n):
        for i in range(n):
            point = np.array([[(i + 0.5) / n * frame.width, (j + 0.5) / n * frame.height]])
            answer = backend.decode(encoded, frame, point, -np.inf)
            assert len(answer) == 3
            for logits, score in zip(answer.logits, answer.scores, strict=True):
                item = judge(logits, float(score), frame, crop, image.shape, backend.threshold, p)
                if item:
                    item["point"] = (point[0, 0] + x0, point[0, 1] + y0)
                    yield item


def judge(
    logits: np.ndarray,
    score: float,
    frame: Frame,
    crop: tuple[int, ...],
    shape: tuple[int, int, int],
    threshold: float,
    p: Params,
) -> dict[str, Any] | None:
    _, x0, y0, x1, y1 = crop
    side = len(logits)
    rows = math.ceil(frame.scaled_height * side / frame.input_size)
    columns = math.ceil(frame.scaled_width * side / frame.input_size)
    square = resize(logits.astype(np.float64), frame.input_size, frame.input_size)
    full = resize(square[: frame.scaled_height, : frame.scaled_width], frame.height, frame.width)
    part = full > threshold
    seen = full if p.full_size else logits[:rows, :columns]
    inner, outer = (seen > threshold + p.stability_offset).sum(), (seen > threshold - p.stability_offset).sum()
    stability = inner / max(outer, 1)
    ys, xs = np.nonzero(seen > threshold)
    if score < p.predicted_iou or stability < p.stability or len(ys) == 0:
        return None
    cell_x, cell_y = (
        (1.0, 1.0)
        if p.full_size
        else (
            frame.input_size / side * frame.width / frame.scaled_width,
            frame.input_size / side * frame.height / frame.scaled_height,
        )
    )
    after = 0 if p.full_size else 1  # SAM's boxes end at the last pixel
    if p.max_area < 1 and len(ys) * cell_x * cell_y >= p.max_area * shape[0] * shape[1]:
        return None
    box = (
        xs.min() * cell_x + x0,
        ys.min() * cell_y + y0,
        min((xs.max() + after) * cell_x, frame.width) + x0,
        min((ys.max() + after) * cell_y, frame.height) + y0,
    )
    for side_of_box, edge, border in zip(box, (x0, y0, x1, y1), (0, 0, shape[1], shape[0]), strict=True):
        if abs(side_of_box - edge) <= p.edge_tolerance and abs(side_of_box - border) > p.edge_tolerance:
            return None
    mask = np.zeros(shape[:2], bool)
    mask[y0:y1, x0:x1] = part
    return {"box": box, "score": score, "stability": stability, "mask": mask, "crop": crop, "changed": False}


def clean(item: dict[str, Any], min_area: int) -> dict[str, Any]:
    before = item["mask"]
    mask = before.copy()
    labels, count = ndimage.label(~mask, EIGHT)
    for label in range(1, count + 1):
        if (labels == label).sum() < min_area:
            mask |= labels == label
    labels, count = ndimage.label(mask, EIGHT)
    for label in range(1, count + 1):
        if (labels == label).sum() < min_area:
            mask &= labels != label
    return {**item, "mask": mask, "changed": bool((mask != before).any())}


def generate(backend: Any, image: np.ndarray, p: Params) -> list[dict[str, Any]]:
    layers = {}
    for crop in crop_boxes(image.shape[0], image.shape[1], p):
        found = sorted(candidates(backend, image, crop, p), key=lambda c: -c["score"])
        layers.setdefault(crop[0], []).extend(nms(found, p.nms))
    kept = []
    for layer in sorted(layers, reverse=True):
        ranked = sorted(layers[layer], key=lambda c: -c["score"])
        kept += nms(ranked, p.crop_nms, kept) if p.crop_layers else ranked
    if p.min_region:
        kept = [clean(item, p.min_region) for item in kept]
    kept = [item for item in kept if item["mask"].any()]
    if any(item["changed"] for item in kept):
        for item in kept:
            ys, xs = np.nonzero(item["mask"])
            after = 0 if p.full_size else 1
            item["box"] = (xs.min(), ys.min(), xs.max() + after, ys.max() + after)
        kept = nms(sorted(kept, key=lambda c: c["changed"]), max(p.nms, p.crop_nms))
    return [record(item) for item in sorted(kept, key=lambda c: -c["score"])]


def record(item: dict[str, Any]) -> dict[str, Any]:
    rle = coco.encode(np.asfortranarray(item["mask"].astype(np.uint8)))
    _, x0, y0, x1, y1 = item["crop"]
    return {
        "segmentation": {"size": [int(s) for s in rle["size"]], "counts": rle["counts"].decode()},
        "bbox": [int(v) - place // 2 for place, v in enumerate(coco.toBbox(rle))],
        "area": int(coco.area(rle)),
        "predicted_iou": item["score"],
        "stability_score": item["stability"],
        "crop_box": [x0, y0, x1 - x0, y1 - y0],
        "point_coords": [list(item["point"])],
    }

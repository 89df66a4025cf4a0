"""Seconds per picture of automatic masks, beside the plain way on the same machine, prompts and answers.

    python tests/sam_backend/amg/bench.py [--json FILE] [--package DIR] [--width 4000] [--points 8]

The plain way is the published generator's: every candidate that passes the predicted IoU is upsampled to image size as
float32, and stability, box and run lengths come from there. Decoding is timed once and apart, as both ways need the
same.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np
from PIL import Image
from pycocotools import mask as coco
from skimage import data

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.amg import AutomaticMasks, PredictorBackend, preset
from sam_backend.amg.filters import suppress
from sam_backend.amg.grid import point_grid
from sam_backend.postprocess import linear_weights
from sam_backend.transforms import Frame


class Recorded:
    """Gives back answers decoded before, so that only what follows the decoder is timed."""

    def __init__(self, backend, answers):
        self.input_size, self.threshold, self.answers = backend.input_size, backend.threshold, answers

    def encode(self, rgb):
        raise AssertionError("the picture is encoded already")

    def decode(self, encoded, frame, points):
        return self.answers[points.tobytes()]


def plain(answers, frame, params):
    """Full-size float masks for everything that passes the predicted IoU."""
    rows = linear_weights(frame.scaled_height, frame.height).astype(np.float32)
    columns = linear_weights(frame.scaled_width, frame.width).astype(np.float32)
    kept = []
    for logits, scores in answers:
        for prompt, mask in np.argwhere(scores >= params.predicted_iou):
            side = logits.shape[-1]
            square = linear_weights(side, frame.input_size).astype(np.float32)
            padded = square @ logits[prompt, mask] @ square.T
            full = rows @ padded[: frame.scaled_height, : frame.scaled_width] @ columns.T
            outer = np.count_nonzero(full > -params.stability_offset)
            if np.count_nonzero(full > params.stability_offset) < params.stability * max(outer, 1) or not outer:
                continue
            rle = coco.encode(np.asfortranarray((full > 0).astype(np.uint8)))
            x, y, w, h = coco.toBbox(rle)
            kept.append((float(scores[prompt, mask]), (x, y, x + w, y + h), rle))
    if not kept:
        return []
    boxes = np.array([box for _, box, _ in kept])
    return suppress(boxes, np.argsort([-score for score, _, _ in kept], kind="stable"), params.nms)


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def measure(package, width, points):
    backend = PredictorBackend(Predictor(load_package(package)))
    photo = Image.fromarray(data.coffee())
    image = np.asarray(photo.resize((width, round(width * photo.height / photo.width))))
    frame = Frame(image.shape[0], image.shape[1], backend.input_size)
    params = preset("quick", points_per_side=points, min_region=0, max_area=1.0)
    grid = point_grid(points) * (frame.width, frame.height)
    batches = [grid[i : i + params.points_per_batch] for i in range(0, len(grid), params.points_per_batch)]
    encoded = backend.encode(image)
    backend.decode(encoded, frame, batches[0])
    answers, decoding = timed(lambda: {b.tobytes(): backend.decode(encoded, frame, b) for b in batches})
    recorded = AutomaticMasks(Recorded(backend, answers), params)
    masks, ours = timed(lambda: recorded.generate(image, encoded=encoded))
    kept, theirs = timed(lambda: plain(list(answers.values()), frame, params))
    return {
        "image": f"{frame.width} x {frame.height}",
        "prompts": len(grid),
        "masks": len(masks),
        "plain_masks": len(kept),
        "decode_s": round(decoding, 3),
        "after_s": round(ours, 3),
        "plain_after_s": round(theirs, 3),
        "ratio_after": round(theirs / ours, 1),
        "ratio_in_all": round((decoding + theirs) / (decoding + ours), 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, default=compact_package_path())
    parser.add_argument("--width", type=int, default=4000)
    parser.add_argument("--points", type=int, default=8)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result = measure(arguments.package, arguments.width, arguments.points)
    print(json.dumps(result, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(result))


if __name__ == "__main__":
    main()

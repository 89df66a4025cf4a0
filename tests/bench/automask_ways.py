"""One picture segmented in two ways, each in a process of its own: `python -m tests.bench.automask_ways WAY JSON`.

`ours` is the generator. `plain` is the published one's way: the plain decoder on 64 points at once, every mask resized
to the picture as float32 (bilinear in PyTorch, one mask after another, which spares it gigabytes), then predicted IoU,
stability, box and run lengths from there, and box suppression at the end. Both start from the embedding.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as coco
from skimage import data

from sam_backend import Predictor, load_package
from sam_backend.amg import AutomaticMasks, Params, PredictorBackend
from sam_backend.amg.filters import suppress
from sam_backend.amg.grid import point_grid
from sam_backend.prompts import build_point_batch
from sam_backend.sessions.session import Session
from sam_backend.transforms import Frame

SIZE = (2250, 1500)
"""Width and height: those of SA-1B's pictures."""
THREADS = 2
BATCH = 64


def photo() -> np.ndarray:
    """An upright uint8 RGB picture of `SIZE`."""
    return np.asarray(Image.fromarray(data.coffee()).resize(SIZE))


class Ours:
    """The generator on one embedding."""

    def __init__(self, predictor: Predictor, params: Params) -> None:
        self.generator = AutomaticMasks(PredictorBackend(predictor), params)

    def grid(self, per_side: int) -> None:
        """Asks on another grid from now on."""
        self.generator.params = replace(self.generator.params, points_per_side=per_side)

    def run(self, image: np.ndarray, embedding: Any) -> int:
        return len(self.generator.generate(image, encoded=embedding))


class Plain:
    """The published generator's way on one embedding."""

    def __init__(self, predictor: Predictor, params: Params) -> None:
        self.predictor, self.params = predictor, params
        self.decode = Session(predictor.package.file("decode"), THREADS)

    def grid(self, per_side: int) -> None:
        """Asks on another grid from now on."""
        self.params = replace(self.params, points_per_side=per_side)

    def run(self, image: np.ndarray, embedding: Any) -> int:
        frame = self.predictor.frame(embedding)
        points = point_grid(self.params.points_per_side) * (frame.width, frame.height)
        kept = []
        for start in range(0, len(points), BATCH):
            kept += self._batch(frame, embedding, points[start : start + BATCH])
        if not kept:
            return 0
        boxes = np.array([box for _, box, _ in kept])
        return len(suppress(boxes, np.argsort([-score for score, _, _ in kept], kind="stable"), self.params.nms))

    def _batch(self, frame: Frame, embedding: Any, points: np.ndarray) -> list:
        prompt = build_point_batch(frame, points, self.predictor.manifest.decoder.mask_size)
        feeds = {**embedding.tensors, **prompt.feeds()}
        logits, scores = self.decode.run(feeds, ["logits", "iou"])
        judged = (
            self._judge(resized(logits[at, mask], frame), float(scores[at, mask]))
            for at in range(len(points))
            for mask in (1, 2, 3)
        )
        return [item for item in judged if item]

    def _judge(self, full: np.ndarray, score: float) -> Any:
        if score < self.params.predicted_iou:
            return None
        inner = np.count_nonzero(full > self.params.stability_offset)
        outer = np.count_nonzero(full > -self.params.stability_offset)
        if inner < self.params.stability * max(int(outer), 1) or not outer:
            return None
        rle = coco.encode(np.asfortranarray(full > 0, np.uint8))
        x, y, w, h = coco.toBbox(rle)
        return score, (x, y, x + w, y + h), rle


def resized(logits: np.ndarray, frame: Frame) -> np.ndarray:
    """Logits [m, m] at the picture's size, float32 [H, W]."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(THREADS)
    with torch.inference_mode():
        square = F.interpolate(torch.from_numpy(logits)[None, None], (frame.input_size,) * 2, mode="bilinear")
        cropped = square[..., : frame.scaled_height, : frame.scaled_width]
        return F.interpolate(cropped, (frame.height, frame.width), mode="bilinear")[0, 0].numpy()


def peak_since(work: Any) -> tuple[int, float]:
    """What `work` returns, and by how many MB it raised the process's memory at most (0 where Linux cannot tell)."""
    status, reset = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not reset.exists():
        return work(), 0.0
    before = _megabytes(status, "VmRSS")
    reset.write_text("5")  # the peak starts anew
    result = work()
    return result, _megabytes(status, "VmHWM") - before


def _megabytes(status: Path, name: str) -> float:
    line = next(line for line in status.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def main(way: str, wish: str) -> None:
    """Prints seconds, masks and memory as JSON."""
    asked = json.loads(wish)
    predictor = Predictor(load_package(Path(asked["package"])), threads=THREADS)
    kinds: dict[str, type[Ours] | type[Plain]] = {"ours": Ours, "plain": Plain}
    kind, image = kinds[way], photo()
    embedding = predictor.encode(image)
    rival = kind(predictor, Params(**asked["params"] | {"points_per_side": 2}))
    rival.run(image, embedding)  # loads the graphs
    rival.grid(asked["params"]["points_per_side"])
    began = time.perf_counter()
    masks, peak = peak_since(lambda: rival.run(image, embedding))
    print(json.dumps({"seconds": time.perf_counter() - began, "masks": masks, "peak_mb": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Automatic masks: seconds per picture and memory, against the plain decoder with full-size post-processing.

64 prompts on a picture of 2250 x 1500 from its embedding, on two threads, for the compact model with its own
thresholds and for a decoder of SAM's size. That one has random weights, whose predicted IoUs mean nothing: its
thresholds let as large a share pass as the compact model's do on photos. Both judge stability on the logits, as "quick"
does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import numpy as np

from sam_backend import Predictor, compact_package_path, load_package
from sam_backend.amg import Params, preset
from sam_backend.amg.filters import stability_scores
from sam_backend.amg.grid import point_grid
from sam_backend.prompts import build_point_batch
from tests.bench.automask_ways import THREADS, photo
from tests.bench.measure import Measure

PER_SIDE = 8
PASSING, STABLE = 0.12, 0.5
"""The share of masks above the predicted IoU of preset "quick", and how many of those are stable enough. Measured with
the compact model on one photo of each of eight sets: 12 % of the masks, those of a quarter of the prompts."""
ROUNDS = 2


def measure() -> list[Measure]:
    """Two rows for each model."""
    found = rows("compact", compact_package_path(), preset("quick", points_per_side=PER_SIDE, min_region=0, max_area=1))
    with tempfile.TemporaryDirectory() as scratch:
        package = random_sam(Path(scratch) / "sam")
        return found + rows("SAM-sized decoder", package, thresholds(package))


def rows(name: str, package: Path, params: Params) -> list[Measure]:
    """Both ways in turns, the better round of each."""
    wish = json.dumps({"package": str(package), "params": asdict(params)})
    runs = [(run("ours", wish), run("plain", wish)) for _ in range(ROUNDS)]
    (ours, masks, peak), (plain, plain_masks, plain_peak) = (
        [min(one[key] for one in way) for key in ("seconds", "masks", "peak_mb")] for way in zip(*runs, strict=True)
    )
    print(f"  {name}: {masks} masks, the plain way {plain_masks}", flush=True)
    baseline = "plain decoder, full-size masks"
    return [
        Measure(f"{name}: {PER_SIDE**2} prompts", ours, "s", baseline, plain),
        Measure(f"{name}: memory", max(peak, 0.1), "MB", baseline, plain_peak),
    ]


def run(way: str, wish: str) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.automask_ways", way, wish]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, float] = json.loads(output.splitlines()[-1])
    return result


def random_sam(folder: Path) -> Path:
    """A package with SAM's decoder behind an encoder too small to matter."""
    import torch

    from sam_backend.bench.decoders import DECODER_ONLY
    from sam_backend.build import build_random
    from sam_backend.onnx.export import PackageInfo, export_package

    model = build_random(DECODER_ONLY, 0).eval()
    with torch.no_grad():  # predicted IoUs of a size that thresholds may have
        for value in model.mask_decoder.iou_prediction_head.parameters():
            value.mul_(0.5)
    return export_package(model, folder, PackageInfo("random"))


def thresholds(package: Path) -> Params:
    """Thresholds for random weights that let the shares `PASSING` and `STABLE` through."""
    predictor, image = Predictor(load_package(package), threads=THREADS), photo()
    embedding = predictor.encode(image)
    frame = predictor.frame(embedding)
    points = point_grid(4) * (frame.width, frame.height)
    logits, scores = predictor.decode(embedding, build_point_batch(frame, points, 256))
    predicted_iou = float(np.quantile(scores[:, 1:], 1 - PASSING))
    passing = logits[:, 1:][scores[:, 1:] >= predicted_iou]
    stability = float(np.quantile(stability_scores(passing, 0.0, 1.0), 1 - STABLE))
    return Params(points_per_side=PER_SIDE, predicted_iou=predicted_iou, stability=stability, full_size=0)

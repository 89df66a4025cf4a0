"""Encoders with random weights: pictures per second and peak memory by model and backend, beside torch eager fp32; how
soon the embedded model has a photo ready; and clicks on families with several embeddings, fast beside plain."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec

from tests.bench.measure import Measure

MODELS = ("mobile_sam", "vit_b")
ON_A_GPU = (*MODELS, "vit_h")
LIMIT_MB = 4.5 * 1000**3 / 2**20
"""What ViT-B may take on a processor."""
FAMILIES = ("sam2.1_tiny", "hq_vit_tiny", "edgetam", "sam3")
ROUNDS = 3
EMBEDDED_GOAL_MS = 400
"""For the embedded model on two cores."""


def measure() -> list[Measure]:
    """All of it; nothing without PyTorch, which the baseline is."""
    if find_spec("torch") is None:
        print("  skipped: PyTorch is not installed (pip install torch onnx)", flush=True)
        return []
    return [_embedded(), *_measures(), *_clicks()]


def _embedded() -> Measure:
    from sam_backend import Predictor, compact_package_path, load_package
    from sam_backend.bench.encoders import sample_image
    from sam_backend.bench.timing import median_ms

    predictor = Predictor(load_package(compact_package_path()), threads=2)
    picture = sample_image(512)[0].transpose(1, 2, 0).astype("uint8")
    took = median_ms(lambda: predictor.encode(picture), ROUNDS * 5)
    return Measure("the embedded model, a photo of 512 px on two threads", took, "ms", "goal", EMBEDDED_GOAL_MS)


def _clicks() -> Iterator[Measure]:
    """A click on the other families, beside the plain graph of the same family."""
    from sam_backend.bench.families import bench_clicks

    rows = list(bench_clicks(FAMILIES, os.cpu_count() or 1, ROUNDS * 3))
    plain = {row.name.partition(",")[0]: row.median_ms for row in rows if row.ratio == 1}
    for row in rows:
        family = row.name.partition(",")[0]
        if row.name.endswith("fast"):
            yield Measure(f"{family}, a click, fast", row.median_ms, "ms", "its plain graph", plain[family])


def _measures() -> Iterator[Measure]:
    import torch

    from sam_backend.bench.encoders import bench_encoders

    models = list(ON_A_GPU if torch.cuda.is_available() else MODELS)
    for row in bench_encoders(models, os.cpu_count() or 1, ROUNDS):
        each, ratio = row.images_per_s, row.ratio
        if each is None or ratio is None or row.peak_mb is None:
            continue
        what = f"{row.name}, {row.backend}, {row.detail}"
        base = f"torch eager fp32, ratio {ratio:.2f}"
        yield Measure(f"{what}: pictures", each, "per s", base, each * ratio, smaller_is_better=False)
        limit = ("allowed", LIMIT_MB) if "CPU" in row.backend else ("this machine", row.peak_mb)
        yield Measure(f"{what}: peak memory", row.peak_mb, "MB", *limit)

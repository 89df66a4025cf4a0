"""What shipping HQ-SAM's embedding costs in masks and bytes, as `tests.sam_backend.sam2.measure_embedding` measures it.

``python -m tests.sam_backend.hq.measure_embedding [photos of each set]`` makes Light HQ-SAM's network with random
weights (no official ones were at hand; their logits hover around 0 everywhere, so every rounding shows) and prints, for
several numbers of levels, mask IoU against the float32 embedding, and megabytes with gzip. With two photos of each set
(20 prompts):

    levels of embedding and hq_features  mean IoU   1st percentile   MB mean, largest
    components, 96 and 48                0.990        0.968          0.84   0.99
    components, 128 and 64               0.992        0.977          1.01   1.18
    components, 128 and 96               0.995        0.983          1.19   1.39
    components, 192 and 96               0.995        0.984          1.28   1.47
    components, 128 and 128              0.996        0.988          1.33   1.54
    components, 256 and 128, shipped     0.996        0.988          1.48   1.69
    channels, 256 and 256                0.998        0.995          2.03   2.27

float32 is 12.6 MB.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sam_backend import Embedding, Predictor, load_package
from sam_backend.build import build_random_hq
from sam_backend.config import HQ_VARIANTS
from sam_backend.manifest import TensorSpec
from sam_backend.onnx.export import PackageInfo, export_package
from tests.sam_backend.compact.test_embedding_gate import photos_with_masks, prompts_for, shown

MASKS = 2
LEVELS = ((96, 48), (128, 64), (128, 96), (192, 96), (128, 128), (256, 128))


def ways(specs: tuple[TensorSpec, ...]) -> Iterator[tuple[str, dict[str, TensorSpec]]]:
    """Ways of shipping the two tensors, by what to call them."""
    for levels in LEVELS:
        made = {spec.name: replace(spec, levels=n) for spec, n in zip(specs, levels, strict=True)}
        yield f"components, {levels[0]} and {levels[1]}", made
    yield "channels, 256 and 256", {spec.name: replace(spec, levels=256, principal=False) for spec in specs}


def main(photos: int = 1) -> None:
    """Print a line for each way."""
    with tempfile.TemporaryDirectory() as scratch:
        model = build_random_hq(HQ_VARIANTS["hq_vit_tiny"])
        folder = export_package(model, Path(scratch) / "package", PackageInfo("random"))
        measure(Predictor(load_package(folder)), photos)


def measure(predictor: Predictor, photos: int) -> None:
    """Encode each photo once, and ship it in every way."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for image, masks in photos_with_masks(photos):
        exact = predictor.encode(image)
        prompts = [p for mask in masks[:MASKS] for p in prompts_for(predictor.frame(exact), mask)]
        before = [shown(predictor, exact, prompt) for prompt in prompts]
        for name, specs in ways(predictor.manifest.embedding):
            blob = replace(exact, specs=specs).to_bytes()
            overlaps, sizes = found.setdefault(name, ([], []))
            sizes.append(len(gzip.compress(blob, 6)) / 1e6)
            stored = Embedding.from_bytes(blob)
            for prompt, (best, answer) in zip(prompts, before, strict=True):
                a, b = answer[best], shown(predictor, stored, prompt)[1][best]
                overlaps.append((a & b).sum() / max(1, (a | b).sum()) if a.any() or b.any() else 1.0)
    for name, (overlaps, sizes) in found.items():
        low = np.percentile(overlaps, 1)
        print(f"{name:28} mean IoU {np.mean(overlaps):.4f}, 1st percentile {low:.4f}", end="; ")
        print(f"{np.mean(sizes):.2f} MB, largest {max(sizes):.2f} MB; {len(overlaps)} prompts")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))

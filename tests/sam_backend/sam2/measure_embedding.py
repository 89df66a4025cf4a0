"""What shipping SAM 2's, EdgeTAM's or SAM 3's embedding costs in masks and bytes, on the photos of the compact model's
gate.

``python -m tests.sam_backend.sam2.measure_embedding PACKAGE [photos of each set] [levels, as 128,96,80 ..]`` prints
mask IoU against the float32 embedding, and megabytes with gzip, as shipped or with each of the levels; `sam3` and the
like in the package's place are random weights of that shape. With random weights of Hiera tiny's shape (no official
ones were at hand; their logits hover around 0 everywhere, so every rounding shows; 3 photos, 12 prompts):

    levels of embedding, stride 8, stride 4    mean IoU   1st percentile   MB mean, largest
    components, 96, 32 and 24                    0.983        0.973          1.56   1.72
    components, 192, 48 and 32                   0.987        0.980          1.89   2.03
    components, 128, 64 and 48                   0.992        0.987          2.03   2.17
    channels, 256, 64 and 32                     0.987        0.981          2.52   2.65
    components, 256, 96 and 64                   0.994        0.990          2.38   2.50
    components, 128, 96 and 80, shipped          0.995        0.992          2.34   2.46
    components, 192, 96 and 96                   0.996        0.994          2.49   2.61
    components, 128, 128 and 128                 0.997        0.995          2.59   2.70

With random weights of EdgeTAM's shape (9 photos, 30 prompts):

    components, 128, 96 and 80                   0.994        0.926          1.81   2.16
    components, 256, 96 and 80                   0.994        0.925          1.95   2.30
    components, 128, 128 and 96, shipped         0.996        0.944          1.94   2.29

float32 is 16.8 MB. With random weights of SAM 3's shape (3 photos, 10 prompts; float32 is 21.2 MB), whose maps are
noise from cell to cell, for its patches do not overlap:

    components, 12, 12 and 48                    0.875        0.238          2.14   2.28
    components, 16, 16 and 64                    0.883        0.239          2.47   2.59
    components, 128, 48 and 32                   0.875        0.238          2.83   2.96
    components, 128, 64 and 48                   0.968        0.944          3.16   3.28
    components, 64, 64 and 64                    0.975        0.955          3.17   3.29
    components, 32, 32 and 128                   0.981        0.959          3.18   3.27
    components, 128, 96 and 80, shipped          0.981        0.967          3.55   3.64
    components, 32, 32 and 256                   0.985        0.963          3.48   3.54
    components, 256, 256 and 256                 0.911        0.244          4.43   4.48

Where the first percentile is near 0.24, one box's single mask lies so close to the edge of what counts as stable that
rounding decides whether a candidate takes its place. So no choice keeps 0.995, and none that weighs 2.5 MB or less
comes near: such weights cannot say what official ones would cost, and SAM 2's steps are kept until those are measured.
"""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sam_backend import Embedding, Predictor, load_package
from tests.sam_backend.compact.test_embedding_gate import photos_with_masks, prompts_for, shown

MASKS = 2
SHIPPED = "as shipped"


def main(package: str, photos: int = 1, *levels: str) -> None:
    """Measure one package and print a line for each choice of levels."""
    predictor = _predictor(package)
    found: dict[str, list[float]] = {one: [] for one in levels or (SHIPPED,)}
    sizes: dict[str, list[float]] = {one: [] for one in found}
    for image, masks in photos_with_masks(photos):
        exact = predictor.encode(image)
        for one in found:
            blob = _with(exact, one).to_bytes()
            sizes[one].append(len(gzip.compress(blob, 6)) / 1e6)
            found[one] += _overlaps(predictor, exact, Embedding.from_bytes(blob), masks[:MASKS])
    for one, overlaps in found.items():
        print(f"{one}: {len(overlaps)} prompts on {len(sizes[one])} photos")
        print(f"  mask IoU: mean {np.mean(overlaps):.4f}, 1st percentile {np.percentile(overlaps, 1):.4f}")
        print(f"  gzip: mean {np.mean(sizes[one]):.2f} MB, largest {max(sizes[one]):.2f} MB")


def _predictor(package: str) -> Predictor:
    if Path(package).exists():
        return Predictor(load_package(package))
    from sam_backend.build import build_random_sam2
    from sam_backend.checkpoint_predictor import CheckpointPredictor
    from sam_backend.config import variant

    return CheckpointPredictor(build_random_sam2(variant(package)))


def _with(exact: Embedding, levels: str) -> Embedding:
    if levels == SHIPPED:
        return exact
    steps = map(int, levels.split(","))
    specs = {name: replace(spec, levels=one) for (name, spec), one in zip(exact.specs.items(), steps, strict=True)}
    return replace(exact, specs=specs)


def _overlaps(predictor: Predictor, exact: Embedding, stored: Embedding, masks: list[np.ndarray]) -> Iterator[float]:
    """IoU of each prompt's mask from the stored embedding with that from the exact one."""
    for mask in masks:
        for prompt in prompts_for(predictor.frame(exact), mask, predictor.manifest.decoder.mask_size):
            best, before = shown(predictor, exact, prompt)
            _, after = shown(predictor, stored, prompt)
            a, b = before[best], after[best]
            yield float((a & b).sum() / max(1, (a | b).sum()) if a.any() or b.any() else 1.0)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]), *sys.argv[3:])

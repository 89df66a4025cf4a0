"""What shipping SAM 2's or EdgeTAM's embedding costs in masks and bytes, on the photos of the compact model's gate.

``python -m tests.sam_backend.sam2.measure_embedding PACKAGE [photos of each set]`` prints mask IoU against the float32
embedding, and megabytes with gzip. With random weights of Hiera tiny's shape (no official ones were at hand; their
logits hover around 0 everywhere, so every rounding shows; 3 photos, 12 prompts):

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

float32 is 16.8 MB.
"""

from __future__ import annotations

import gzip
import sys

import numpy as np

from sam_backend import Embedding, Predictor, load_package
from tests.sam_backend.compact.test_embedding_gate import photos_with_masks, prompts_for, shown

MASKS = 2


def main(package: str, photos: int = 1) -> None:
    """Measure one package and print a line."""
    predictor = Predictor(load_package(package))
    overlaps, sizes = [], []
    for image, masks in photos_with_masks(photos):
        exact = predictor.encode(image)
        blob = exact.to_bytes()
        sizes.append(len(gzip.compress(blob, 6)) / 1e6)
        stored = Embedding.from_bytes(blob)
        for mask in masks[:MASKS]:
            for prompt in prompts_for(predictor.frame(exact), mask):
                best, before = shown(predictor, exact, prompt)
                _, after = shown(predictor, stored, prompt)
                a, b = before[best], after[best]
                overlaps.append((a & b).sum() / max(1, (a | b).sum()) if a.any() or b.any() else 1.0)
    print(f"{len(overlaps)} prompts on {len(sizes)} photos")
    print(f"mask IoU: mean {np.mean(overlaps):.4f}, 1st percentile {np.percentile(overlaps, 1):.4f}")
    print(f"gzip: mean {np.mean(sizes):.2f} MB, largest {max(sizes):.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))

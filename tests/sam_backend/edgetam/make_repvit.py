"""Writes repvit.npz, what timm's RepViT makes of a small picture, and prints a hash of RepViT-M1's names and shapes.

``python -m tests.sam_backend.edgetam.make_repvit`` needs timm (1.0.31 wrote the file that is here) and its torchvision,
which the tests do not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sam_backend.config import RepVitConfig

FILE = Path(__file__).with_name("repvit.npz")
CONFIG = RepVitConfig(8, (1, 2, 3, 1))
SIDE = 64


def picture() -> Any:
    """float32 [1, 3, SIDE, SIDE], normalised."""
    return np.random.default_rng(0).standard_normal((1, 3, SIDE, SIDE)).astype(np.float32)


def names_sha256(tensors: Mapping[str, Any]) -> str:
    """Hash of every name and shape."""
    lines = (f"{name} {list(value.shape)}\n" for name, value in sorted(tensors.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def weights(tensors: Mapping[str, Any]) -> dict[str, Any]:
    """Values for a RepViT's tensors that follow from their names alone."""
    from sam_backend.parity.reference import rule_weights

    return rule_weights({name: list(value.shape) for name, value in tensors.items()})


def main() -> None:
    """Write the file."""
    import timm
    import torch

    widths = tuple(CONFIG.width << stage for stage in range(4))
    made = {"features_only": True, "out_indices": (0, 1, 2, 3)}
    small = timm.create_model("repvit_m1", embed_dim=widths, depth=CONFIG.depths, **made).eval()
    small.load_state_dict(weights(small.state_dict()))
    with torch.no_grad():
        maps = small(torch.from_numpy(picture()))
    np.savez_compressed(FILE, **{f"stage_{stage}": values.numpy() for stage, values in enumerate(maps)})
    full = timm.create_model("repvit_m1", **made)
    print(timm.__version__, len(full.state_dict()), names_sha256(full.state_dict()))


if __name__ == "__main__":
    main()

"""The reference folder: weights made by a rule, an image made by a formula, outputs of the official code.

A folder holds `<variant>.keys.json` (every state-dict name with its shape) and, for some variants,
`<variant>.npz` with the outputs. Nothing in it depends on a checkpoint.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

HEIGHT, WIDTH = 600, 800


@dataclass(frozen=True)
class ReferencePrompt:
    """A prompt in image pixels, and which masks the reference holds for it."""

    points: tuple[tuple[float, float], ...]
    labels: tuple[int, ...]
    masks: slice
    mask_from: str | None = None

    @property
    def has_box(self) -> bool:
        """Whether two of the points are a box's corners."""
        return 2 in self.labels


SINGLE, AMBIGUOUS = slice(0, 1), slice(1, 4)
_POINTS = ((480.0, 240.0), (100.5, 550.25), (420.0, 260.0))
_BOX = ((330.0, 90.0), (640.0, 390.0))
PROMPTS = {
    "point": ReferencePrompt(((400.0, 300.0),), (1,), AMBIGUOUS),
    "points": ReferencePrompt(_POINTS, (1, 0, 1), SINGLE),
    "box": ReferencePrompt(_BOX, (2, 3), SINGLE),
    "box_point": ReferencePrompt(((500.0, 200.0), *_BOX), (0, 2, 3), AMBIGUOUS),
    "points_mask_input": ReferencePrompt(_POINTS, (1, 0, 1), SINGLE, mask_from="points"),
}


def official_keys(folder: Path, name: str) -> dict[str, list[int]]:
    """Names and shapes of the official checkpoint.

    Raises:
        ValueError: the folder has no list for this variant.
    """
    path = folder / f"{name}.keys.json"
    if not path.is_file():
        raise ValueError(f"There is no {path.name} in {folder}.")
    keys: dict[str, list[int]] = json.loads(path.read_text())
    return keys


def rule_weights(keys: dict[str, list[int]]) -> dict[str, torch.Tensor]:
    """Every tensor of a checkpoint, from its name alone, as the outputs were computed with it.

    MobileSAM's code gathers the window attentions' biases when evaluation mode is switched on. Its builder does
    that before weights are loaded, so in the stored outputs the biases are still the zeros of a fresh model.
    (With a real checkpoint one switches evaluation mode on again afterwards, and they count.)
    """
    weights = {key: torch.from_numpy(_rule(key, shape)) for key, shape in keys.items()}
    return {key: torch.zeros_like(x) if key.endswith("attention_biases") else x for key, x in weights.items()}


def _rule(key: str, shape: list[int]) -> NDArray[np.float32 | np.int64]:
    if key.endswith("num_batches_tracked"):
        return np.zeros(shape, np.int64)
    x = np.asarray(np.random.default_rng(zlib.crc32(key.encode())).standard_normal(shape))
    return _scaled(key, shape, x).astype(np.float32)


def _scaled(key: str, shape: list[int], x: NDArray[np.float64]) -> NDArray[np.float64]:
    if key.endswith("running_var"):
        return 1 + 0.1 * np.abs(x)
    if "gaussian_matrix" in key:
        return x
    if key.endswith("weight") and len(shape) >= 2 and shape[0] != 1:
        return x / float(np.sqrt(np.prod(shape[1:])))
    if key.endswith("weight") and len(shape) == 1:
        return 1 + 0.1 * x
    return 0.05 * x


def reference_image() -> NDArray[np.uint8]:
    """The image all outputs belong to: uint8 [600, 800, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    inside = (x - 0.6 * WIDTH) ** 2 + (y - 0.4 * HEIGHT) ** 2 < (0.25 * HEIGHT) ** 2
    red = 127 + 80 * np.sin(x / 37) + 40 * np.cos(y / 23)
    green = 127 + 90 * np.sin((x + y) / 51)
    blue = 127 + np.where(inside, 80, -80)
    return np.stack([red, green, blue], -1).clip(0, 255).round().astype(np.uint8)

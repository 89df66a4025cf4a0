"""A model that knows what lies in a picture: it stands where `lending.load` would make a predictor, and nowhere else.

Everything above it is the product's own: borrowing, the grid, filters, suppression, masks at image size.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from annotator.suggestions.known import Found
from export import rle
from sam_backend import Embedding, Predictor
from sam_backend.manifest import DecoderSpec, GraphSpec, InputSpec, Manifest, TensorSpec
from sam_backend.package import ModelPackage
from sam_backend.prompts import PromptTensors
from sam_backend.transforms import Frame

SIDE = 64
"""Pixels of the longer side of every test picture, and cells of this model's logits: one cell is one pixel."""
CANDIDATES = 3
SPEC = TensorSpec("embedding", (1, 4, 8, 8))
SURE, NEARLY = 8.0, -0.1
"""Logits inside a mask (outside: the negative); and of cells outside it that a shift of the threshold would add."""


def manifest(encoder_sha256: str) -> Manifest:
    """What its package would say."""
    graphs = {name: GraphSpec(f"{name}.onnx") for name in ("encoder", "decode")}
    plain = (0.0, 0.0, 0.0)
    return Manifest(
        "Known", "1", "compact", InputSpec(SIDE, plain, (1.0, 1.0, 1.0), plain), (SPEC,),
        DecoderSpec(SIDE, CANDIDATES + 1, 0.0, SIDE), graphs, encoder_sha256, {}, "Apache-2.0",
    )  # fmt: skip


class KnownModel(Predictor):
    """Finds `masks` in every picture, in the order of the grid; or `batches`, one batch of prompts after the other.

    `looked` is called with each picture before it is encoded, `answered` with the number of a batch once whoever asked
    has taken note of it; what they raise stops the search, as a broken model or a killed process would.
    """

    def __init__(self, folder: Path, encoder_sha256: str = "0" * 64) -> None:
        # No graph: that its decoder cannot be cut into stages is found out in the usual way, and it is asked whole.
        (folder / "decode.onnx").write_bytes(b"")
        super().__init__(ModelPackage(folder, manifest(encoder_sha256), "0" * 64), threads=1)
        self.masks: list[Found] = []
        self.batches: list[list[Found]] | None = None
        self.pictures: list[np.ndarray] = []
        self.looked: Callable[[np.ndarray], object] = lambda rgb: None
        self.answered: Callable[[int], object] = lambda number: None
        self._corner = 0, 0
        self._batch, self._given, self._first = 0, 0, (np.inf, np.inf)

    def encode(self, rgb: np.ndarray) -> Embedding:
        self.pictures.append(rgb)
        self.looked(rgb)
        # The gradient of every test picture tells where a part of it was cut out (world.picture).
        self._corner = -(-int(rgb[0, 0, 0]) * (SIDE - 1) // 255), -(-int(rgb[0, 0, 1]) * 47 // 255)
        tensors = {SPEC.name: np.linspace(0, 1, 256, dtype=np.float32).reshape(SPEC.shape)}
        return Embedding(tensors, rgb.shape[:2], self.package.encoder_sha256, {SPEC.name: SPEC}, input_size=SIDE)

    def decode(self, embedding: Embedding, prompt: PromptTensors) -> tuple[np.ndarray, np.ndarray]:
        points = prompt.feeds()["point_coords"]
        found = self._next(points)
        logits = np.full((len(points), CANDIDATES + 1, SIDE, SIDE), -SURE, np.float32)
        scores = np.full((len(points), CANDIDATES + 1), -1.0)
        for place, item in enumerate(found):
            row, column = place // CANDIDATES, 1 + place % CANDIDATES
            logits[row, column], scores[row, column] = self._logits(item, embedding.original_size), item.predicted_iou
        return logits, scores

    def _next(self, points: np.ndarray) -> list[Found]:
        """What this batch of the grid finds; a grid begins again when its first prompt is no further on."""
        first = float(points[0, 0, 1]), float(points[0, 0, 0])
        self._batch = self._batch + 1 if first > self._first else 0
        self._first = first
        if self._batch:
            self.answered(self._batch - 1)
        if self.batches is not None:
            return self.batches[self._batch] if self._batch < len(self.batches) else []
        begun = self._given if self._batch else 0
        self._given = begun + CANDIDATES * len(points)
        return self.masks[begun : self._given]

    def _logits(self, found: Found, size: tuple[int, int]) -> np.ndarray:
        (height, width), frame = size, Frame(*size, SIDE)
        x, y = (0, 0) if size == found.rle.size else self._corner
        part = rle.decode(found.rle)[y : y + height, x : x + width].astype(bool)
        rows = ((np.arange(frame.scaled_height) + 0.5) * height / frame.scaled_height).astype(int)
        columns = ((np.arange(frame.scaled_width) + 0.5) * width / frame.scaled_width).astype(int)
        seen = np.where(part[rows[:, None], columns[None]], SURE, -SURE)
        outside = np.flatnonzero(seen.ravel() < 0)
        nearly = round((seen > 0).sum() * (1 / found.stability_score - 1))
        seen.ravel()[outside[len(outside) - nearly :]] = NEARLY
        logits = np.full((SIDE, SIDE), -SURE, np.float32)
        logits[: frame.scaled_height, : frame.scaled_width] = seen
        return logits

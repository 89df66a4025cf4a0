"""Following objects by what the model remembers of earlier images: the one place that calls `sam_backend.video`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from annotator.inference.models import ModelVersion
from annotator.inference.packages import open_package
from annotator.suggestions.carry.asked import points_of
from annotator.suggestions.known import Found, point_inside
from export import Rle, rle
from sam_backend import Embedding
from sam_backend.amg.filters import stability_scores
from sam_backend.manifest import frame_of
from sam_backend.postprocess import upsample_mask
from sam_backend.video import Prompt, load_tracker

WEIGHTS = "weights.safetensors"
STABILITY_OFFSET = 1.0
"""The paper's shift of the threshold for the stability score, in logits."""


def remembers(version: ModelVersion) -> bool:
    """Tell whether a model's package holds a memory for video."""
    return bool(version.manifest.get("remembers"))


@dataclass(frozen=True, slots=True)
class Seen:
    """What an image says of an object: its mask (None: it is not there), and how sure that is (0 to 1)."""

    found: Found | None
    confidence: float


@dataclass(slots=True)
class Follower:
    """Follows several objects, each by its own key, along images that are numbered in their order.

    `step` is 1 forwards and -1 backwards; `begin` is the number of the image where the walk begins."""

    tracker: Any
    names: Sequence[str]
    manifest: Mapping[str, Any]
    step: int
    begin: int
    banks: dict[UUID, Any] = field(default_factory=dict)

    def mark(self, number: int, embedding: Embedding, masks: Mapping[UUID, Rle]) -> None:
        """Somebody drew these objects on this image."""
        features = self._features(embedding)
        for key, mask in masks.items():
            bank = self.banks.setdefault(key, self.tracker.bank())
            self.tracker.mark(bank, number, features, Prompt(rle.decode(mask)), step=self.step)

    def ask(self, number: int, embedding: Embedding, prompts: Mapping[UUID, Mapping[str, Any]]) -> dict[UUID, Seen]:
        """Somebody pointed at these objects on this image: what is there then. Prompts as `Trail` keeps them."""
        features, frame = self._features(embedding), frame_of(self.manifest, *embedding.original_size)
        seen = {}
        for key, asked in prompts.items():
            bank = self.banks.setdefault(key, self.tracker.bank())
            prompt = Prompt.pointed(frame, *points_of(asked), asked["box"])
            seen[key] = self._read(self.tracker.mark(bank, number, features, prompt, step=self.step), embedding)
        return seen

    def follow(self, number: int, embedding: Embedding, keys: Sequence[UUID]) -> list[Seen]:
        """Look for these objects on this image."""
        features = self._features(embedding)
        return [
            self._read(
                self.tracker.follow(self.banks[key], number, features, step=self.step, begin=self.begin), embedding
            )
            for key in keys
        ]

    def _features(self, embedding: Embedding) -> Any:
        return self.tracker.features([embedding.tensors[name] for name in self.names])

    def _read(self, answer: Any, embedding: Embedding) -> Seen:
        confidence = float(1 / (1 + np.exp(-answer.score)))
        height, width = embedding.original_size
        mask = upsample_mask(answer.logits, frame_of(self.manifest, height, width))
        if answer.score <= 0 or not mask.any():
            return Seen(None, confidence)
        kept = rle.encode(mask)
        stability = float(stability_scores(answer.logits[None], 0.0, STABILITY_OFFSET)[0])
        return Seen(Found(kept, answer.iou, stability, point_inside(kept), (0, 0, width, height)), confidence)


def follower(version: ModelVersion, images: int, *, step: int, begin: int) -> Follower:
    """Return one for so many images. Raises ValueError and FileNotFoundError when the model's package is broken."""
    package = open_package(version)
    tracker = load_tracker(package.path / WEIGHTS, images)
    names = [spec.name for spec in package.manifest.embedding]
    return Follower(tracker, names, version.manifest, step, begin)

"""What tuning needs of a family of models: its decoder in PyTorch, and its graphs written anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from sam_backend.embedding import Embedding
from sam_backend.manifest import GraphSpec
from sam_backend.package import ModelPackage
from sam_backend.training.model import Features

FeaturesOf = Callable[[int], Features]
"""The stored features of the image with this number."""


class Tunable(Protocol):
    """A `PromptableModel` whose images are numbers: what it encodes is read from storage."""

    features_of: FeaturesOf

    @property
    def module(self) -> nn.Module:
        """The decoder's parameters, all that is trained."""
        ...

    @property
    def mask_size(self) -> int: ...

    @property
    def input_size(self) -> int: ...

    def encode(self, images: Tensor) -> Features:
        """Features of the images with these numbers, int64 [B]."""
        ...

    def decode(
        self, features: Features, points: Tensor, labels: Tensor, mask_input: Tensor | None, size: int
    ) -> tuple[Tensor, Tensor]: ...

    def features(self, embedding: Embedding) -> Features:
        """What the decoder reads of an embedding, on its device."""
        ...

    def write(self, parent: ModelPackage, folder: Path) -> dict[str, GraphSpec]:
        """Writes decode, prepare, decode_fast and, where the parent has them, the weights; returns the graphs."""
        ...


def stacked(images: Tensor, features_of: FeaturesOf) -> Features:
    """The features of several images, each tensor [B, ...]."""
    found = [features_of(int(number)) for number in images.tolist()]
    return tuple(torch.cat(planes) for planes in zip(*found, strict=True))

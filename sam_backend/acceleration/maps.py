"""Encoding with models that make several tensors of a picture, on a GPU in half precision where that agrees."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from sam_backend.acceleration.batches import BatchedEncoder, FloatArray, noise, quickest
from sam_backend.acceleration.sam import fold_positions
from sam_backend.modeling.hq import HqSam
from sam_backend.modeling.sam2 import Sam2

Maps = tuple[FloatArray, ...]


class _Features(nn.Module):
    """What is computed in half precision, as a module of its own that can be compiled."""

    def __init__(self, model: HqSam | Sam2) -> None:
        super().__init__()
        self.model = model

    def forward(self, normalised: Tensor) -> tuple[Tensor, ...]:
        return self.model.features(normalised)


class MapsEncoder(BatchedEncoder[Maps]):
    """Encodes batches of prepared images to the tensors of a package, in the manifest's order.

    Args:
        model: float32 model; it is copied, not changed.
        device: where to run.
        dtype: of weights and activations; images are normalised, and embeddings returned, in float32.
        compiled: compile the encoder (slow first batch per batch size, faster after).
    """

    def __init__(
        self, model: HqSam | Sam2, device: str = "cuda", dtype: torch.dtype = torch.bfloat16, compiled: bool = False
    ) -> None:
        self.config, self.device, self.dtype = model.config, torch.device(device), dtype
        self._mean, self._std = model.pixel_mean.to(self.device), model.pixel_std.to(self.device)
        features = _Features(copy.deepcopy(model)).to(self.device, dtype).eval()
        if dtype != torch.float32:
            fold_positions(features)
        self._encode = torch.compile(features) if compiled else features

    @torch.inference_mode()
    def encode(self, images: FloatArray) -> Maps:
        """float32 [B, 3, S, S] RGB 0-255 to the model's tensors, each float32 [B, ..]."""
        pixels = torch.from_numpy(images).to(self.device, non_blocking=True)
        features = self._encode(((pixels - self._mean) / self._std).to(self.dtype))
        return tuple(made.float().cpu().numpy() for made in features)

    def _split(self, together: Maps, count: int) -> Iterator[Maps]:
        yield from zip(*(np.split(made, count) for made in together), strict=True)


def agreeing(make: Callable[[torch.dtype], MapsEncoder], device: str) -> MapsEncoder:
    """The quickest of the encoders that `make` gives for a precision which agrees with float32 on an image of noise;
    on a CPU that of float32."""
    exact = make(torch.float32)
    if device == "cpu":
        return exact
    image = noise(exact.config.input_size)
    wanted = exact.encode(image)
    return quickest(make, lambda encoder: _largest_error(wanted, encoder.encode(image)))


def _largest_error(wanted: Maps, found: Maps) -> float:
    """Relative norm of the error of the worst tensor."""
    return max(float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(found, wanted, strict=True))

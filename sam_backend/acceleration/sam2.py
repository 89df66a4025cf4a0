"""Encoding with SAM 2 on a GPU: whole batches, in half precision where that agrees with float32."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from sam_backend.acceleration.batches import BatchedEncoder, FloatArray, noise, quickest
from sam_backend.checkpoints import load_model
from sam_backend.modeling.sam2 import Sam2

Maps = tuple[FloatArray, ...]


class _Features(nn.Module):
    """What is computed in half precision, as a module of its own that can be compiled."""

    def __init__(self, model: Sam2) -> None:
        super().__init__()
        self.model = model

    def forward(self, normalised: Tensor) -> tuple[Tensor, ...]:
        return self.model.features(normalised)


class Sam2TorchEncoder(BatchedEncoder[Maps]):
    """Encodes batches of prepared images to the tensors of a SAM 2 package.

    Args:
        model: float32 model; it is copied, not changed.
        device: where to run.
        dtype: of weights and activations; images are normalised, and embeddings returned, in float32.
        compiled: compile the encoder (slow first batch per batch size, faster after).
    """

    def __init__(
        self, model: Sam2, device: str = "cuda", dtype: torch.dtype = torch.bfloat16, compiled: bool = False
    ) -> None:
        self.config, self.device, self.dtype = model.config, torch.device(device), dtype
        self._mean, self._std = model.pixel_mean.to(self.device), model.pixel_std.to(self.device)
        features = _Features(copy.deepcopy(model)).to(self.device, dtype).eval()
        self._encode = torch.compile(features) if compiled else features

    @torch.inference_mode()
    def encode(self, images: FloatArray) -> Maps:
        """float32 [B, 3, S, S] RGB 0-255 to float32 [B, C, G, G], [B, C/4, 2G, 2G] and [B, C/8, 4G, 4G]."""
        pixels = torch.from_numpy(images).to(self.device, non_blocking=True)
        features = self._encode(((pixels - self._mean) / self._std).to(self.dtype))
        return tuple(made.float().cpu().numpy() for made in features)

    def _split(self, together: Maps, count: int) -> Iterator[Maps]:
        yield from zip(*(np.split(made, count) for made in together), strict=True)

    def _bytes_per_image(self) -> int:
        """Activations alive at once in the first stage: tokens, their queries, keys and values, and the MLP."""
        width = self.config.decoder.width // 2
        return (self.config.input_size // 4) ** 2 * width * 12 * torch.finfo(self.dtype).bits // 8


def load_encoder(weights: Path, device: str | None = None, compiled: bool = False) -> Sam2TorchEncoder | None:
    """An encoder with the weights of a package, or None where there is no GPU and no device is insisted on.

    Half precision is compared with float32 on an image of noise first.

    Raises:
        ValueError: the file holds no SAM 2.
    """
    device = device or ("cuda" if torch.cuda.is_available() else None)
    if device is None:
        return None
    model = load_model(weights)
    if not isinstance(model, Sam2):
        raise ValueError(f"{weights.name} holds {model.config.name} weights, not SAM 2's.")
    exact = Sam2TorchEncoder(model, device, torch.float32)
    if device == "cpu":
        return exact
    image = noise(model.config.input_size)
    wanted = exact.encode(image)
    return quickest(
        lambda dtype: Sam2TorchEncoder(model, device, dtype, compiled),
        lambda encoder: _largest_error(wanted, encoder.encode(image)),
    )


def _largest_error(wanted: Maps, found: Maps) -> float:
    """Relative norm of the error of the worst tensor."""
    return max(float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(found, wanted, strict=True))

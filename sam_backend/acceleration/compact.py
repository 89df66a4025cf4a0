"""Encoding with the compact model on a GPU: whole batches, in half precision where that agrees with float32."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from sam_backend.acceleration.batches import BatchedEncoder, FloatArray, noise, quickest
from sam_backend.modeling.compact.encoder import CompactEncoder, guide_of
from sam_backend.modeling.compact.lite_encoder import LiteEncoder
from sam_backend.modeling.compact.model import INPUT_SIZE, CompactSam

Planes = tuple[FloatArray, ...]


class _Features(nn.Module):
    """What is computed in half precision, as a module of its own that can be compiled."""

    def __init__(self, encoder: CompactEncoder | LiteEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, normalised: Tensor) -> tuple[Tensor, ...]:
        return self.encoder.features(normalised)


class CompactTorchEncoder(BatchedEncoder[Planes]):
    """Encodes batches of prepared images to the tensors of a compact package, the guide included.

    Args:
        model: float32 model; it is copied, not changed.
        device: where to run.
        dtype: of weights and activations; images are normalised, and the guide made, in float32.
        compiled: compile the encoder (slow first batch per batch size, faster after).
    """

    def __init__(
        self, model: CompactSam, device: str, dtype: torch.dtype = torch.bfloat16, compiled: bool = False
    ) -> None:
        self.device, self.dtype = torch.device(device), dtype
        self._mean, self._std = (x.to(self.device) for x in (model.encoder.pixel_mean, model.encoder.pixel_std))
        features = _Features(copy.deepcopy(model.encoder)).to(self.device, dtype).eval()
        self._widest = model.encoder.widest
        self._encode = torch.compile(features) if compiled else features

    @torch.inference_mode()
    def encode(self, images: FloatArray) -> Planes:
        """float32 [B, 3, S, S] RGB 0-255 to embedding, high_res_4, high_res_2 and guide, float32 [B, ..]."""
        pixels = torch.from_numpy(images).to(self.device, non_blocking=True)
        features = self._encode(((pixels - self._mean) / self._std).to(self.dtype))
        return tuple(plane.float().cpu().numpy() for plane in (*features, guide_of(pixels)))

    def _split(self, together: Planes, count: int) -> Iterator[Planes]:
        return zip(*(np.split(plane, count) for plane in together), strict=True)

    def _bytes_per_image(self) -> int:
        # the first stages are the widest: two maps of each live at once, and the image itself in float32
        item = torch.finfo(self.dtype).bits // 8
        return INPUT_SIZE**2 * (self._widest * item + 24)


def load_encoder(weights: Path, device: str | None = None, compiled: bool = False) -> CompactTorchEncoder | None:
    """An encoder with the weights of a compact package, or None where there is no GPU and no device is insisted on.

    Half precision is compared with float32 on an image of noise first.
    """
    device = device or ("cuda" if torch.cuda.is_available() else None)
    if device is None:
        return None
    model = CompactSam.from_file(weights)
    exact = CompactTorchEncoder(model, device, torch.float32)
    if device == "cpu":
        return exact
    wanted = exact.encode(noise(INPUT_SIZE))

    def make(dtype: torch.dtype) -> CompactTorchEncoder:
        return CompactTorchEncoder(model, device, dtype, compiled)

    def error(encoder: CompactTorchEncoder) -> float:
        return largest_error(wanted, encoder)

    return quickest(make, error)


def largest_error(wanted: Planes, encoder: CompactTorchEncoder) -> float:
    """Relative norm of the error of the worst tensor, against those of float32 for an image of noise."""
    found = encoder.encode(noise(INPUT_SIZE))
    return max(float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(found, wanted, strict=True))

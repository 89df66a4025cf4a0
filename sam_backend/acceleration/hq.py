"""Encoding with HQ-SAM on a GPU: whole batches, in half precision where that agrees with float32."""

from __future__ import annotations

from pathlib import Path

import torch

from sam_backend.acceleration.maps import MapsEncoder, agreeing
from sam_backend.acceleration.sam import activations
from sam_backend.checkpoints import load_model
from sam_backend.modeling.hq import HqSam


class HqTorchEncoder(MapsEncoder):
    """Images to float32 [B, C, G, G] and [B, C/8, 4G, 4G]."""

    def _bytes_per_image(self) -> int:
        """The encoder's, and the fused features at stride 4 with what they are made of, at half that stride."""
        width, item = self.config.decoder.width, torch.finfo(self.dtype).bits // 8
        fusing = self.config.grid**2 * item * (4 * 2 * width + 16 * 2 * width // 8)
        return activations(self.config, self.dtype) + fusing


def load_encoder(weights: Path, device: str | None = None, compiled: bool = False) -> MapsEncoder | None:
    """An encoder with the weights of a package, or None where there is no GPU and no device is insisted on.

    Half precision is compared with float32 on an image of noise first.

    Raises:
        ValueError: the file holds no HQ-SAM.
    """
    device = device or ("cuda" if torch.cuda.is_available() else None)
    if device is None:
        return None
    model = load_model(weights)
    if not isinstance(model, HqSam):
        raise ValueError(f"{weights.name} holds {model.config.name} weights, not HQ-SAM's.")
    return agreeing(lambda dtype: HqTorchEncoder(model, device, dtype, compiled), device)

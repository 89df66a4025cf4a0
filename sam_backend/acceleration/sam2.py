"""Encoding with SAM 2, EdgeTAM or SAM 3 on a GPU: whole batches, in half precision where that agrees with float32."""

from __future__ import annotations

from pathlib import Path

import torch

from sam_backend.acceleration.maps import MapsEncoder, agreeing
from sam_backend.checkpoints import load_model
from sam_backend.config import RopeVitConfig
from sam_backend.modeling.sam2 import Sam2


class Sam2TorchEncoder(MapsEncoder):
    """Images to float32 [B, C, G, G], [B, C/4, 2G, 2G] and [B, C/8, 4G, 4G]."""

    def _bytes_per_image(self) -> int:
        """Activations alive at once: in the first stage tokens, their queries, keys and values, and the MLP; in SAM 3's
        neck its finest maps, before and after GELU."""
        config, each = self.config, torch.finfo(self.dtype).bits // 8
        if isinstance(config.encoder, RopeVitConfig):
            return config.grid**2 * (12 + 16) * config.encoder.width * each
        return (config.input_size // 4) ** 2 * (config.decoder.width // 2) * 12 * each


def load_encoder(weights: Path, device: str | None = None, compiled: bool = False) -> MapsEncoder | None:
    """An encoder with the weights of a package, or None where there is no GPU and no device is insisted on.

    Half precision is compared with float32 on an image of noise first.

    Raises:
        ValueError: the file holds no SAM 2, EdgeTAM or SAM 3.
    """
    device = device or ("cuda" if torch.cuda.is_available() else None)
    if device is None:
        return None
    model = load_model(weights)
    if not isinstance(model, Sam2):
        raise ValueError(f"{weights.name} holds {model.config.name} weights, not SAM 2's or SAM 3's.")
    return agreeing(lambda dtype: Sam2TorchEncoder(model, device, dtype, compiled), device)

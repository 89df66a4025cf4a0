"""Encoding on a GPU: half precision, flash attention, whole batches; the same code runs on a CPU for its tests."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from sam_backend.acceleration.batches import BatchedEncoder, FloatArray, noise, quickest
from sam_backend.checkpoints import load_checkpoint
from sam_backend.config import ModelConfig, VitConfig
from sam_backend.modeling.image_encoder import Attention
from sam_backend.modeling.sam import Sam


class TorchEncoder(BatchedEncoder[FloatArray]):
    """Encodes batches of prepared images.

    Args:
        model: float32 model; it is copied, not changed.
        device: where to run.
        dtype: of weights and activations; images are normalised in float32 before, embeddings return as float32.
        compiled: compile the encoder (slow first batch per batch size, faster after).
    """

    def __init__(
        self, model: Sam, device: str = "cuda", dtype: torch.dtype = torch.bfloat16, compiled: bool = False
    ) -> None:
        self.config, self.device, self.dtype = model.config, torch.device(device), dtype
        self._mean, self._std = model.pixel_mean.to(self.device), model.pixel_std.to(self.device)
        encoder = copy.deepcopy(model.image_encoder).to(self.device, dtype).eval()
        if dtype != torch.float32:
            fold_positions(encoder)
        self._encode = torch.compile(encoder) if compiled else encoder

    @torch.inference_mode()
    def encode(self, images: FloatArray) -> FloatArray:
        """float32 [B, 3, S, S] RGB 0-255, padded with the mean, to embeddings float32 [B, C, G, G]."""
        pixels = torch.from_numpy(images).to(self.device, non_blocking=True)
        out: Tensor = self._encode(((pixels - self._mean) / self._std).to(self.dtype))
        embeddings: FloatArray = out.float().cpu().numpy()
        return embeddings

    def _split(self, together: FloatArray, count: int) -> Iterator[FloatArray]:
        yield from np.split(together, count)

    def _bytes_per_image(self) -> int:
        return activations(self.config, self.dtype)


def fold_positions(encoder: nn.Module) -> None:
    """Let every attention of a ViT take the flash-friendly form."""
    for module in encoder.modules():
        if isinstance(module, Attention):
            module.folded = True


def activations(config: ModelConfig, dtype: torch.dtype) -> int:
    """Bytes an image has alive at once in the widest block: tokens, attention inputs with folded positions, MLP."""
    encoder, item = config.encoder, torch.finfo(dtype).bits // 8
    if not isinstance(encoder, VitConfig):
        return 256 * 2**20  # TinyViT's first stage: 256 channels at stride 4, twice over, and then some
    head = encoder.width // encoder.heads
    folded = 3 * encoder.heads * (head + 2 * config.grid)
    return config.grid**2 * item * (4 * encoder.width + 2 * folded + 2 * encoder.mlp_ratio * encoder.width)


def half_precision_error(model: Sam, encoder: TorchEncoder, image: FloatArray) -> float:
    """Relative norm of the difference to the float32 embedding of one image, on the encoder's device."""
    exact = TorchEncoder(model, str(encoder.device), torch.float32).encode(image)
    difference = float(np.linalg.norm(encoder.encode(image) - exact))
    return difference / float(np.linalg.norm(exact))


def make_encoder(model: Sam, image: FloatArray, device: str | None = None, compiled: bool = False) -> TorchEncoder:
    """The fastest encoder that still agrees with float32 on `image`.

    Args:
        model: float32 model.
        image: float32 [1, 3, S, S] to check half precision with.
        device: by default the GPU where there is one.
        compiled: see `TorchEncoder`.
    """
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cpu":
        return TorchEncoder(model, device, torch.float32)
    return quickest(
        lambda dtype: TorchEncoder(model, device, dtype, compiled),
        lambda encoder: half_precision_error(model, encoder, image),
    )


def load_encoder(weights: Path, device: str | None = None, compiled: bool = False) -> TorchEncoder | None:
    """An encoder with the weights of a package, or None where there is no GPU and no device is insisted on.

    Half precision is compared with float32 on an image of noise first (`make_encoder`).
    """
    device = device or ("cuda" if torch.cuda.is_available() else None)
    if device is None:
        return None
    model = load_checkpoint(weights)
    return make_encoder(model, noise(model.config.input_size), device, compiled)

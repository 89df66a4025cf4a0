"""Encoding on a GPU: half precision, flash attention, whole batches; the same code runs on a CPU for its tests."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sam_backend.checkpoints import load_checkpoint
from sam_backend.config import VitConfig
from sam_backend.modeling.image_encoder import Attention
from sam_backend.modeling.sam import Sam

FloatArray = npt.NDArray[np.float32]

HALF_TOLERANCE = 0.03
"""Relative norm of the error that half precision may add to an embedding. bfloat16 keeps 8 bits: about 0.01 on
random weights; int8 shipping costs about the same and leaves masks alike (mean IoU above 0.995)."""
RESERVE = 0.8
"""Share of the free GPU memory that a batch may fill."""
LARGEST_BATCH = 32
"""Beyond this an H100-class GPU is busy anyway, and the first picture waits longer."""


class TorchEncoder:
    """Encodes batches of prepared pictures.

    Args:
        model: float32 model; it is copied, not changed.
        device: where to run.
        dtype: of weights and activations; pictures are normalised in float32 before, embeddings return as float32.
        compiled: compile the encoder (slow first batch per batch size, faster after).
    """

    def __init__(
        self, model: Sam, device: str = "cuda", dtype: torch.dtype = torch.bfloat16, compiled: bool = False
    ) -> None:
        self.config, self.device, self.dtype = model.config, torch.device(device), dtype
        self._mean, self._std = model.pixel_mean.to(self.device), model.pixel_std.to(self.device)
        encoder = copy.deepcopy(model.image_encoder).to(self.device, dtype).eval()
        for module in encoder.modules():
            if isinstance(module, Attention) and dtype != torch.float32:
                module.folded = True
        self._encode = torch.compile(encoder) if compiled else encoder

    @torch.inference_mode()
    def encode(self, pictures: FloatArray) -> FloatArray:
        """float32 [B, 3, S, S] RGB 0-255, padded with the mean, to embeddings float32 [B, C, G, G]."""
        pixels = torch.from_numpy(pictures).to(self.device, non_blocking=True)
        out: Tensor = self._encode(((pixels - self._mean) / self._std).to(self.dtype))
        embeddings: FloatArray = out.float().cpu().numpy()
        return embeddings

    def encode_all(self, pictures: Iterable[FloatArray], batch: int | None = None) -> Iterator[FloatArray]:
        """Embeddings [1, C, G, G] of pictures [1, 3, S, S], in order, encoded in batches that fit the memory.

        Raises:
            MemoryError: not even one picture fits.
        """
        size, waiting = batch or self.batch_size(), []
        for picture in pictures:
            waiting.append(picture)
            if len(waiting) == size:
                yield from self._encode_some(waiting)
                waiting = []
        yield from self._encode_some(waiting)

    def _encode_some(self, pictures: list[FloatArray]) -> Iterator[FloatArray]:
        """One batch, or two halves of it where the estimate of the memory was too kind."""
        if not pictures:
            return
        try:
            together = self.encode(np.concatenate(pictures))
        except torch.OutOfMemoryError as error:
            if len(pictures) == 1:
                raise MemoryError(f"One picture does not fit into the memory of {self.device}.") from error
        else:
            yield from np.split(together, len(pictures))
            return
        torch.cuda.empty_cache()
        half = len(pictures) // 2
        yield from self._encode_some(pictures[:half])
        yield from self._encode_some(pictures[half:])

    def batch_size(self, free_bytes: int | None = None) -> int:
        """Pictures per batch for the free memory of the device; one on a CPU.

        Args:
            free_bytes: bytes that may be used; asked from the device when None.
        """
        if free_bytes is None:
            if self.device.type != "cuda":
                return 1
            free_bytes = int(torch.cuda.mem_get_info(self.device)[0])
        return int(min(LARGEST_BATCH, max(1, free_bytes * RESERVE // self._bytes_per_picture())))

    def _bytes_per_picture(self) -> int:
        """Activations alive at once in the widest block: tokens, attention inputs with folded positions, MLP."""
        encoder, item = self.config.encoder, torch.finfo(self.dtype).bits // 8
        if not isinstance(encoder, VitConfig):
            return 256 * 2**20  # TinyViT's first stage: 256 channels at stride 4, twice over, and then some
        tokens = self.config.grid**2
        head = encoder.width // encoder.heads
        folded = 3 * encoder.heads * (head + 2 * self.config.grid)
        return tokens * item * (4 * encoder.width + 2 * folded + 2 * encoder.mlp_ratio * encoder.width)


def half_precision_error(model: Sam, encoder: TorchEncoder, picture: FloatArray) -> float:
    """Relative norm of the difference to the float32 embedding of one picture, on the encoder's device."""
    exact = TorchEncoder(model, str(encoder.device), torch.float32).encode(picture)
    difference = float(np.linalg.norm(encoder.encode(picture) - exact))
    return difference / float(np.linalg.norm(exact))


def make_encoder(model: Sam, picture: FloatArray, device: str | None = None, compiled: bool = False) -> TorchEncoder:
    """The fastest encoder that still agrees with float32 on `picture`.

    Args:
        model: float32 model.
        picture: float32 [1, 3, S, S] to check half precision with.
        device: by default the GPU where there is one.
        compiled: see `TorchEncoder`.
    """
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cpu":
        return TorchEncoder(model, device, torch.float32)
    for dtype in (torch.bfloat16, torch.float16):
        encoder = TorchEncoder(model, device, dtype, compiled)
        if half_precision_error(model, encoder, picture) <= HALF_TOLERANCE:
            return encoder
    return TorchEncoder(model, device, torch.float32, compiled)


def load_encoder(weights: Path, device: str | None = None, compiled: bool = False) -> TorchEncoder | None:
    """An encoder with the weights of a package, or None where there is no GPU and no device is insisted on.

    Half precision is compared with float32 on a picture of noise first (`make_encoder`).
    """
    device = device or ("cuda" if torch.cuda.is_available() else None)
    if device is None:
        return None
    model = load_checkpoint(weights)
    size = model.config.input_size
    sample = np.random.default_rng(0).uniform(0, 255, (1, 3, size, size)).astype(np.float32)
    return make_encoder(model, sample, device, compiled)

"""Encoding many images in batches that fit a device's memory, whatever the model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import torch

FloatArray = npt.NDArray[np.float32]
Encoded = TypeVar("Encoded", bound="FloatArray | tuple[FloatArray, ...]")
Chosen = TypeVar("Chosen")

HALF_TOLERANCE = 0.03
"""Relative norm of the error that half precision may add to an embedding. bfloat16 keeps 8 bits: about 0.01 on
random weights; int8 shipping costs about the same and leaves masks alike (mean IoU above 0.995)."""
RESERVE = 0.8
"""Share of the free GPU memory that a batch may fill."""
LARGEST_BATCH = 32
"""Beyond this an H100-class GPU is busy anyway, and the first image waits longer."""


class BatchedEncoder(ABC, Generic[Encoded]):
    """Encodes batches of prepared images on `device` in `dtype`."""

    device: torch.device
    dtype: torch.dtype

    @abstractmethod
    def encode(self, images: FloatArray) -> Encoded:
        """float32 [B, 3, S, S] RGB 0-255, padded with the mean, to what the model makes of them, float32."""

    @abstractmethod
    def _split(self, together: Encoded, count: int) -> Iterator[Encoded]:
        """One answer per image."""

    @abstractmethod
    def _bytes_per_image(self) -> int:
        """Activations alive at once."""

    def encode_all(self, images: Iterable[FloatArray], batch: int | None = None) -> Iterator[Encoded]:
        """Answers for images [1, 3, S, S], in order, encoded in batches that fit the memory.

        Raises:
            MemoryError: not even one image fits.
        """
        size, waiting = batch or self.batch_size(), []
        for image in images:
            waiting.append(image)
            if len(waiting) == size:
                yield from self._encode_some(waiting)
                waiting = []
        yield from self._encode_some(waiting)

    def _encode_some(self, images: list[FloatArray]) -> Iterator[Encoded]:
        """One batch, or two halves of it where the estimate of the memory was too kind."""
        if not images:
            return
        try:
            together = self.encode(np.concatenate(images))
        except torch.OutOfMemoryError as error:
            if len(images) == 1:
                raise MemoryError(f"One picture does not fit into the memory of {self.device}.") from error
        else:
            yield from self._split(together, len(images))
            return
        torch.cuda.empty_cache()
        half = len(images) // 2
        yield from self._encode_some(images[:half])
        yield from self._encode_some(images[half:])

    def batch_size(self, free_bytes: int | None = None) -> int:
        """Images per batch for the free memory of the device; one on a CPU.

        Args:
            free_bytes: bytes that may be used; asked from the device when None.
        """
        if free_bytes is None:
            if self.device.type != "cuda":
                return 1
            free_bytes = int(torch.cuda.mem_get_info(self.device)[0])
        return int(min(LARGEST_BATCH, max(1, free_bytes * RESERVE // self._bytes_per_image())))


def quickest(make: Callable[[torch.dtype], Chosen], error: Callable[[Chosen], float]) -> Chosen:
    """The encoder in the first half precision whose error is within `HALF_TOLERANCE`, else in float32."""
    for dtype in (torch.bfloat16, torch.float16):
        encoder = make(dtype)
        if error(encoder) <= HALF_TOLERANCE:
            return encoder
    return make(torch.float32)


def noise(size: int) -> FloatArray:
    """An image [1, 3, size, size] to compare precisions on."""
    return np.random.default_rng(0).uniform(0, 255, (1, 3, size, size)).astype(np.float32)

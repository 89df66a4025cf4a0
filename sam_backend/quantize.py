"""Per-channel affine int8: value = (q - zero) * scale, with a float zero point so that the range is used fully."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sam_backend.transforms import FloatArray

Int8Array = npt.NDArray[np.int8]


def quantize(
    tensor: FloatArray, levels: int = 256, rows: int | None = None, columns: int | None = None
) -> tuple[Int8Array, FloatArray, FloatArray]:
    """[1, C, H, W] to int8 of the same shape, scale [C] and zero [C].

    Fewer ``levels`` than 256 make a coarser but better compressible tensor. Ranges come from the first ``rows`` and
    ``columns`` only; what lies beyond (padding) becomes one constant per channel.
    """
    seen = tensor[0, :, :rows, :columns]
    low, high = seen.min(axis=(1, 2)).astype(np.float64), seen.max(axis=(1, 2)).astype(np.float64)
    step = ((high - low) / (levels - 1)).astype(np.float32)
    # A step too small for float32 (it may round to zero) is no step: the channel is as good as constant.
    scale = np.where(step < np.finfo(np.float32).tiny, np.float32(1), step)
    bottom = -(levels // 2)
    zero = (bottom - low / scale).astype(np.float32)
    steps = np.rint(seen / scale[:, None, None] + zero[:, None, None])
    result = np.zeros(tensor.shape, np.int8)
    result[0, :, :rows, :columns] = np.clip(steps, bottom, bottom + levels - 1)
    return result, scale, zero


def dequantize(quantized: Int8Array, scale: npt.ArrayLike, zero: npt.ArrayLike) -> FloatArray:
    """Inverse of ``quantize``: float32 [1, C, H, W]."""
    factor = np.asarray(scale, np.float32)[:, None, None]
    offset = np.asarray(zero, np.float32)[:, None, None]
    return (quantized.astype(np.float32) - offset) * factor

"""A tensor's principal components as int8 planes: what its channels have in common is shipped once.

The channels of an embedding are far from independent. Turned to the principal axes of the image at hand (the
Karhunen-Loève transform), few planes carry most of it and the rest are nearly empty, at the same error: the axes are
orthonormal, so noise of one size in every plane is noise of that size in the channels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.quantize import Int8Array, dequantize
from sam_backend.transforms import FloatArray

KEPT = 0.3
"""Components whose deviation is below so many steps are left out: rounding alone makes an error of 0.29 steps."""
DIGIT = 128
"""A component of more than 256 steps is shipped in digits to this base, each a plane of its own."""


@dataclass(frozen=True)
class Principal:
    """Channel c at a cell is ``mean[c] + sum over p of mix[p, c] * (planes[0, p] - zero[p]) * scale[p]``.

    Attributes:
        planes: int8 [1, P, H, W].
        scale, zero: float32 [P].
        mix: float16 [P, C], the axis of each plane; digits of one component repeat it.
        mean: float32 [C].
    """

    planes: Int8Array
    scale: npt.NDArray[np.float32]
    zero: npt.NDArray[np.float32]
    mix: npt.NDArray[np.float16]
    mean: npt.NDArray[np.float32]


def to_principal(
    tensor: FloatArray, levels: int = 256, rows: int | None = None, columns: int | None = None
) -> Principal:
    """[1, C, H, W] to planes whose step is the mean range of its channels over ``levels`` - 1.

    Axes and ranges come from the first ``rows`` and ``columns`` only; planes are zero beyond.
    """
    channels, height, width = tensor.shape[1:]
    seen = tensor[0, :, :rows, :columns].astype(np.float64)
    inside = seen.shape[1:]
    seen = seen.reshape(channels, -1)
    step = float((seen.max(axis=1) - seen.min(axis=1)).mean()) / (levels - 1)
    mean = seen.mean(axis=1)
    centred = seen - mean[:, None]
    axes = _axes(centred, step)
    parts = [part for axis in axes for part in _digits(axis.astype(np.float64) @ centred, step, axis)]
    planes = np.zeros((1, len(parts), height, width), np.int8)
    for plane, part in zip(planes[0], parts, strict=True):
        plane[: inside[0], : inside[1]] = part.plane.reshape(inside)
    return Principal(
        planes,
        np.array([part.scale for part in parts], np.float32),
        np.array([part.zero for part in parts], np.float32),
        np.array([part.axis for part in parts], np.float16).reshape(len(parts), channels),
        mean.astype(np.float32),
    )


def from_principal(parts: Principal) -> FloatArray:
    """Inverse of ``to_principal``: float32 [1, C, H, W]."""
    values = dequantize(parts.planes, parts.scale, parts.zero)[0]
    mixed = np.tensordot(parts.mix.astype(np.float32), values, axes=(0, 0))
    result: FloatArray = (mixed + parts.mean[:, None, None])[None]
    return result


def _axes(centred: npt.NDArray[np.float64], step: float) -> npt.NDArray[np.float16]:
    """The principal axes [K, C] that are worth a plane, most important first.

    A step that float32 can't hold leaves none: the channels are as good as constant.
    """
    if step < np.finfo(np.float32).tiny:
        return np.zeros((0, len(centred)), np.float16)
    # in steps, so that squares neither vanish nor overflow
    variances, columns = np.linalg.eigh(np.cov(centred / step).reshape(len(centred), len(centred)))
    kept = np.flatnonzero(variances > KEPT**2)[::-1]
    return columns[:, kept].T.astype(np.float16)


@dataclass(frozen=True)
class _Plane:
    plane: Int8Array
    scale: float
    zero: float
    axis: npt.NDArray[np.float16]


def _digits(values: npt.NDArray[np.float64], step: float, axis: npt.NDArray[np.float16]) -> Iterator[_Plane]:
    """One component's planes: one of steps where 256 are enough, or digits, the finest first."""
    low = float(values.min())
    steps = np.rint((values - low) / step).astype(np.int64)
    while steps.max() > 255:
        yield _Plane((steps % DIGIT - DIGIT // 2).astype(np.int8), step, -DIGIT / 2, axis)
        steps, step = steps // DIGIT, step * DIGIT
    bottom = -(int(steps.max()) // 2) - 1 if steps.max() < 255 else -128
    yield _Plane((steps + bottom).astype(np.int8), step, bottom - low / step, axis)

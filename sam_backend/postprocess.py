"""From low-resolution logits to masks at image size: SAM's ``postprocess_masks`` without its memory.

SAM upsamples the logits to the padded square (bilinear, ``align_corners=False``), crops the padding, upsamples to the
image (same rule) and thresholds. Both steps are separable and linear, so they compose, per axis, into at most four
weighted source samples per output row or column. Columns are done once for the 256 source rows; output rows then
stream by in blocks, and no float image of the whole image ever exists.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sam_backend.transforms import FloatArray, Frame

BoolArray = npt.NDArray[np.bool_]
Box = tuple[int, int, int, int]
# Floats of one block of output rows: 4 MB.
BLOCK_FLOATS = 1 << 20


def linear_weights(source: int, target: int) -> npt.NDArray[np.float64]:
    """Bilinear resampling with ``align_corners=False`` as a matrix [target, source]."""
    position = np.maximum((np.arange(target) + 0.5) * (source / target) - 0.5, 0)
    low = np.minimum(position.astype(np.int64), source - 1)
    high = np.minimum(low + 1, source - 1)
    share = position - low
    weights = np.zeros((target, source))
    rows = np.arange(target)
    weights[rows, low] += 1 - share
    weights[rows, high] += share
    return weights


def axis_taps(
    mask_size: int, input_size: int, scaled: int, target: int, start: int = 0, stop: int | None = None
) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Source samples of the output positions start .. stop along one axis: indices and weights, both [n, 4]."""
    to_square = linear_weights(mask_size, input_size)[:scaled]
    position = np.maximum((np.arange(start, stop or target) + 0.5) * (scaled / target) - 0.5, 0)
    low = np.minimum(position.astype(np.int64), scaled - 1)
    high = np.minimum(low + 1, scaled - 1)
    share = (position - low)[:, None]
    first = np.argmax(to_square > 0, axis=1)
    # A row of ``to_square`` has weight at ``first`` and the sample after it, nowhere else.
    after = np.minimum(first + 1, mask_size - 1)
    at_first = to_square[np.arange(scaled), first][:, None]
    at_after = np.where(after > first, to_square[np.arange(scaled), after], 0.0)[:, None]
    pairs = np.stack([first, after], 1)
    pair_weights = np.concatenate([at_first, at_after], 1)
    indices = np.concatenate([pairs[low], pairs[high]], 1)
    weights = np.concatenate([pair_weights[low] * (1 - share), pair_weights[high] * share], 1)
    return indices, weights.astype(np.float32)


def upsample_rows(logits: FloatArray, frame: Frame, box: Box | None = None) -> Iterator[tuple[int, FloatArray]]:
    """Yields (first row, float32 block [rows, columns]) of the logits at image size, top to bottom.

    ``box`` (x0, y0, x1, y1) in whole image pixels limits the work to a part of the image.
    """
    if logits.ndim != 2 or logits.shape[0] != logits.shape[1]:
        raise ValueError(f"Logits must be a square map [m, m]; received {list(logits.shape)}.")
    x0, y0, x1, y1 = box or (0, 0, frame.width, frame.height)
    side = logits.shape[0]
    columns, weights = axis_taps(side, frame.input_size, frame.scaled_width, frame.width, x0, x1)
    wide = np.einsum("ywt,wt->yw", logits[:, columns], weights, optimize=False)
    rows, row_weights = axis_taps(side, frame.input_size, frame.scaled_height, frame.height, y0, y1)
    step = max(1, BLOCK_FLOATS // max(1, x1 - x0))
    for start in range(0, y1 - y0, step):
        part = slice(start, min(start + step, y1 - y0))
        block = wide[rows[part, 0]] * row_weights[part, 0, None]
        for tap in range(1, 4):
            block += wide[rows[part, tap]] * row_weights[part, tap, None]
        yield y0 + start, block


def upsample_mask(logits: FloatArray, frame: Frame, threshold: float = 0.0) -> BoolArray:
    """Mask [height, width] of one logits map [m, m]."""
    return upsample_region(logits, frame, (0, 0, frame.width, frame.height), threshold)


def upsample_region(logits: FloatArray, frame: Frame, box: Box, threshold: float = 0.0) -> BoolArray:
    """The part (x0, y0, x1, y1), in whole pixels, of the mask at image size."""
    x0, y0, x1, y1 = box
    mask = np.empty((y1 - y0, x1 - x0), np.bool_)
    for start, block in upsample_rows(logits, frame, box):
        mask[start - y0 : start - y0 + len(block)] = block > threshold
    return mask

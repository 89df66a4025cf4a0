"""Images of more than 8 bits a sample → 8 bits, by the range that their values use."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from annotator.projects.strips import strips_of

SENSOR_BITS = (10, 12, 14)
"""Cameras and scanners that count this far store the numbers in 16 bits as they are; taken for 16 they are black."""
REDUCED = "Reduced from 16 to 8 bits per channel."
_SWAPPED = {"16L": "16B", "16B": "16L", "16N": "16B"}


def spread(values: npt.NDArray[Any], inverted: bool = False) -> tuple[Image.Image, str]:
    """Return numbers [h, w] of any kind over 256 grey levels, lowest to highest, and a sentence about it.

    What is no number is black. `inverted`: the file counts from white."""
    low, high = _range(values)
    scaled = _scaled(values, low, high)
    said = f"Values from {low:g} to {high:g} were spread over 256 grey levels."
    if inverted:
        return Image.fromarray(255 - scaled), f"{said} The file counts from white (0) to black."
    return Image.fromarray(scaled), said


def in_eight_bits(values: npt.NDArray[Any], limit: int | None = None) -> tuple[Image.Image, str]:
    """Return colours [h, w, n] of any kind of number as 8 bits, all channels by one scale, and a sentence about it.

    Whole numbers start at 0 and end where the file says (`limit`) or at the sensor's bits; others are spread."""
    low, high = _range(values)
    if values.dtype == np.uint16:
        top = limit if limit and high <= limit else (1 << sensor_bits(int(high))) - 1
        return _from_zero(values, top)
    if values.dtype.kind == "f" and low >= 0 and high <= 1:
        return Image.fromarray(_scaled(values, 0, 1)), "Values from 0 to 1 became 8 bits per channel."
    said = f"Values from {low:g} to {high:g} were spread over 8 bits per channel."
    return Image.fromarray(_scaled(values, low, high)), said


def full_range(image: Image.Image, again: Image.Image) -> tuple[Image.Image, str] | None:
    """Return an RGB(A) image of 16 bits that uses only a sensor's 10, 12 or 14 of them at that range; None for one
    that needs no such help. `image` is loaded, with the upper bytes, as Pillow does it; `again` is the same file,
    not loaded, of which the lower bytes are read by taking them in the other order. The result is written into `image`:
    with its two halves a large one takes memory enough."""
    colours: Any = image.getextrema()
    if not again.tile or max(high for _, high in colours[:3]) >= 1 << (SENSOR_BITS[-1] - 8):  # type: ignore[attr-defined]
        return None
    again.tile = [_other_order(tile) for tile in again.tile]  # type: ignore[attr-defined]
    again.load()
    boxes = list(strips_of(image.size))
    most = max(int(_joined(image.crop(box), again.crop(box)).max(initial=0)) for box in boxes)
    said = ""
    for box in boxes:
        upper = image.crop(box)
        flat, said = _from_zero(_joined(upper, again.crop(box)), (1 << sensor_bits(most)) - 1)
        if image.mode == "RGBA":
            flat.putalpha(upper.getchannel("A"))
        image.paste(flat, box)
    return image, said


def _joined(upper: Image.Image, lower: Image.Image) -> npt.NDArray[np.uint16]:
    joined: npt.NDArray[np.uint16] = (np.asarray(upper)[..., :3].astype(np.uint16) << 8) | np.asarray(lower)[..., :3]
    return joined


def sensor_bits(most: int) -> int:
    """Return how many bits of 16 an image uses whose largest sample is `most`."""
    return next((bits for bits in SENSOR_BITS if most < 1 << bits), 16)


def _from_zero(values: npt.NDArray[np.uint16], top: int) -> tuple[Image.Image, str]:
    scaled = np.empty(values.shape, np.uint8)
    for row, line in enumerate(values):
        np.minimum((line.astype(np.uint32) * 255 + top // 2) // top, 255, out=scaled[row], casting="unsafe")
    if top == 0xFFFF:
        return Image.fromarray(scaled), REDUCED
    said = f"Only values up to {top} of its 16 bits are used; they were taken as the whole range."
    return Image.fromarray(scaled), said


def _range(values: npt.NDArray[Any]) -> tuple[float, float]:
    if values.dtype.kind != "f":
        return float(values.min(initial=values.flat[0])), float(values.max(initial=values.flat[0]))
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def _scaled(values: npt.NDArray[Any], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Row by row: a whole image in floating point is several times the image."""
    scaled = np.zeros(values.shape, np.uint8)
    if high <= low:
        return scaled
    for row, line in enumerate(values):
        share = (np.nan_to_num(line.astype(np.float64), nan=low, posinf=low, neginf=low) - low) / (high - low)
        scaled[row] = np.rint(share * 255)
    return scaled


def _other_order(tile: Any) -> Any:
    args = tile[3]
    raw = args[0] if isinstance(args, tuple) else args
    head, _, order = str(raw).partition(";")
    other = f"{head};{_SWAPPED[order]}"
    return tile._replace(args=(other, *args[1:]) if isinstance(args, tuple) else other)

"""Covering regions of a picture so that what was there cannot be brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from PIL import Image

CELLS = 5
"""Along the longer side of a region: at most 25 colours of it are left, and those run into each other."""
MARGIN = 0.15
"""Of a region's sides, added on each side: forehead, chin and ears tell who somebody is, too."""
FEATHER = 0.25
"""Width of the soft rim around an ellipse, as a share of its half axes."""
GREY = 128
MODES = ("L", "RGB")

Alpha = npt.NDArray[np.float32]


class Style(StrEnum):
    """What stands where something was."""

    BLUR = "blur"
    """At most 25 cells, each with the mean of its pixels, drawn smoothly."""
    SOLID = "solid"
    """Grey: nothing of it is left."""


class Outline(StrEnum):
    """How a covered region is bounded."""

    BOX = "box"
    ELLIPSE = "ellipse"
    """Through the corners of the box, with a soft rim outside of it."""


@dataclass(frozen=True)
class Region:
    """A box in pixels of the picture, origin at its top-left corner."""

    x: float
    y: float
    width: float
    height: float


def veil(picture: Image.Image, regions: Sequence[Region], style: Style, outline: Outline) -> Image.Image:
    """Return a copy of a picture with regions covered, in the mode L or RGB; its colour profile stays.

    Everything inside a region is covered wholly, whatever the outline. A region outside of the picture changes nothing.
    """
    copy = picture.copy() if picture.mode in MODES else picture
    return veil_in_place(copy, regions, style, outline)


def veil_in_place(picture: Image.Image, regions: Sequence[Region], style: Style, outline: Outline) -> Image.Image:
    """Do the same without a copy, which of a large picture takes a gigabyte: the very picture comes back, or another
    one where its mode had to change."""
    covered = picture if picture.mode in MODES else picture.convert("RGB")
    covered.info = {name: value for name, value in picture.info.items() if name == "icc_profile"}
    for region in regions:
        _cover(covered, region, style, outline)
    return covered


def _cover(picture: Image.Image, region: Region, style: Style, outline: Outline) -> None:
    centre = (region.x + region.width / 2, region.y + region.height / 2)
    half = tuple(max(side / 2 * (1 + 2 * MARGIN), 0.5) for side in (region.width, region.height))
    reach = half if outline == Outline.BOX else tuple(side * 2**0.5 * (1 + FEATHER) for side in half)
    left, top = (max(0, int(np.floor(c - r))) for c, r in zip(centre, reach, strict=True))
    right, bottom = (min(side, int(np.ceil(c + r))) for side, c, r in zip(picture.size, centre, reach, strict=True))
    if right <= left or bottom <= top:
        return
    under = picture.crop((left, top, right, bottom))
    over = _covering(under, style)
    if outline == Outline.BOX:
        picture.paste(over, (left, top))
        return
    alpha = ellipse_alpha((right - left, bottom - top), (centre[0] - left, centre[1] - top), (half[0], half[1]))
    picture.paste(Image.composite(over, under, Image.fromarray(np.round(alpha * 255).astype(np.uint8))), (left, top))


def _covering(under: Image.Image, style: Style) -> Image.Image:
    if style == Style.SOLID:
        return Image.new(under.mode, under.size, GREY if under.mode == "L" else (GREY, GREY, GREY))
    cells = [max(1, round(CELLS * side / max(under.size))) for side in under.size]
    few = under.resize((cells[0], cells[1]), Image.Resampling.BOX)
    return few.resize(under.size, Image.Resampling.BILINEAR)


def ellipse_alpha(size: tuple[int, int], centre: tuple[float, float], half: tuple[float, float]) -> Alpha:
    """Return how much of each pixel is covered, [height, width] float32: 1 inside the ellipse through the corners of
    the box with these half sides, falling to 0 over the rim outside of it.

    Args:
        size: width and height, px.
        centre: x, y in pixels, of the box.
        half: half width and half height of the box, px.
    """
    x = (np.arange(size[0]) + 0.5 - centre[0]) / (half[0] * 2**0.5)
    y = (np.arange(size[1]) + 0.5 - centre[1]) / (half[1] * 2**0.5)
    radius = np.hypot(x[None, :], y[:, None])
    return np.asarray(np.clip((1 + FEATHER - radius) / FEATHER, 0, 1), np.float32)

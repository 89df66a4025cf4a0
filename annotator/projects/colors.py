"""Colours of new labels. The settings page proposes by the same rule (static/app/pages/palette.js)."""

from __future__ import annotations

import math
from collections.abc import Iterable

# Told apart at a glance, also with the common colour blindnesses; labels take them in turn.
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#8c6bb1")
LIGHTNESS, CHROMA = 0.72, 0.15


def next_color(used: Iterable[str]) -> str:
    """Return the first colour of the palette that is not used, else the middle of the largest gap between hues.

    Colours are "#rrggbb"; hues and the new colour are of OKLCH (Björn Ottosson, 2020)."""
    taken = {color.lower() for color in used}
    free = next((color for color in PALETTE if color not in taken), None)
    if free is not None:
        return free
    hues = sorted(map(hue, taken))
    gaps = [
        ((following - start) % 360 or 360, start) for start, following in zip(hues, hues[1:] + hues[:1], strict=True)
    ]
    gap, start = max(gaps, key=lambda item: item[0])
    return oklch_to_hex(LIGHTNESS, CHROMA, (start + gap / 2) % 360)


def hue(color: str) -> float:
    """Return the hue of "#rrggbb" in degrees."""
    red, green, blue = (_linear(int(color[at : at + 2], 16)) for at in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short
    return math.degrees(math.atan2(b, a)) % 360


def oklch_to_hex(lightness: float, chroma: float, degrees: float) -> str:
    """Return "#rrggbb", each channel limited to what a screen can show."""
    a = chroma * math.cos(math.radians(degrees))
    b = chroma * math.sin(math.radians(degrees))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
    )
    return "#" + "".join(f"{_encoded(channel):02x}" for channel in channels)


def _linear(channel: int) -> float:
    value = channel / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(linear: float) -> int:
    value = min(1.0, max(0.0, linear))
    # Half up, as JavaScript rounds.
    return math.floor(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055) + 0.5)

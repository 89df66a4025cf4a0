"""Images made by a program, with exact masks: a source of training data that belongs to nobody.

Each image is a stack of shapes, painted back to front, with textures, parts, shadows, light and noise. What of a
shape is still seen at the end is its mask; a part is a mask of its own inside the object's. The image follows from
(seed, index) alone. In a training file: `data = ["procedural:5000", ...]` or `"procedural:5000:SEED"`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from sam_backend.data.records import MAX_AREA, MIN_AREA

PREFIX = "procedural:"
SIDE = 320
"""Longest side of an image, px."""
SET = "procedural"
OBJECTS = (3, 10)
PART_SHARE = 0.4
"""Share of objects that carry a part of another texture: what a click means is then as ambiguous as in photos."""
SHADOW_SHARE = 0.5

Pixels = npt.NDArray[np.uint8]
Bitmap = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ProceduralImage:
    """An image that is painted when it is asked for; has what a sampler needs of a `PackedImage`."""

    seed: int
    index: int

    @property
    def set(self) -> str:
        return SET

    @property
    def name(self) -> str:
        return f"{SET}-{self.seed}-{self.index}"

    @property
    def areas(self) -> tuple[float, ...]:
        """Each mask's share of the image."""
        return tuple(float(mask.mean()) for mask in paint(self.seed, self.index)[1])

    def pixels(self) -> Pixels:
        """RGB uint8 [h, w, 3]."""
        return paint(self.seed, self.index)[0]

    def mask(self, index: int) -> Pixels:
        """uint8 [h, w], 0 and 1."""
        return paint(self.seed, self.index)[1][index].astype(np.uint8)

    def containing(self, x: float, y: float) -> list[int]:
        """Indices of the masks that hold a point, in 0..1 of the image's width and height."""
        masks = paint(self.seed, self.index)[1]
        height, width = masks[0].shape
        column, row = min(int(x * width), width - 1), min(int(y * height), height - 1)
        return [index for index, mask in enumerate(masks) if mask[row, column]]


def procedural_images(source: str) -> list[ProceduralImage]:
    """Reads "procedural:COUNT" or "procedural:COUNT:SEED".

    Raises:
        ValueError: anything else, or a count below 1.
    """
    match = re.fullmatch(rf"{PREFIX}(\d+)(?::(\d+))?", source)
    count, seed = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
    if count < 1:
        raise ValueError(f"{source}: write procedural:COUNT or procedural:COUNT:SEED, for instance procedural:5000:7")
    return [ProceduralImage(seed, index) for index in range(count)]


@lru_cache(maxsize=4)
def paint(seed: int, index: int) -> tuple[Pixels, tuple[Bitmap, ...]]:
    """The image, RGB uint8 [h, w, 3], and its visible masks, bool [h, w]; at least one."""
    for attempt in range(100):
        rng = np.random.default_rng([seed, index, attempt])
        height, width = (SIDE, int(SIDE * rng.uniform(0.62, 1.0)))[:: 1 if rng.random() < 0.4 else -1]
        pixels, masks = _paint(height, width, rng)
        seen = tuple(mask for mask in masks if MIN_AREA <= mask.mean() <= MAX_AREA)
        if seen:
            return pixels, seen
    raise RuntimeError(f"no visible object in 100 attempts at picture {index} of seed {seed}")


def _paint(height: int, width: int, rng: np.random.Generator) -> tuple[Pixels, list[Bitmap]]:
    canvas = _texture(height, width, rng)
    masks: list[Bitmap] = []
    for _ in range(int(rng.integers(*OBJECTS))):
        shape = _shape(height, width, rng)
        if rng.random() < SHADOW_SHARE:
            canvas *= _shadow(shape, rng)[..., None]
        masks = [mask & ~shape for mask in masks]
        canvas = np.where(shape[..., None], _shaded(shape, rng), canvas)
        masks.append(shape)
        if rng.random() < PART_SHARE:
            part = shape & _shape(height, width, rng, near=shape)
            canvas = np.where(part[..., None], _shaded(part, rng), canvas)
            masks.append(part)
    canvas *= _smooth_noise(height, width, 1.5, rng)[..., None] * rng.uniform(0.0, 0.5) + 0.85  # light
    seen = np.asarray(cv2.GaussianBlur(canvas.astype(np.float32), (0, 0), float(rng.uniform(0.4, 1.0))))
    noisy = seen + rng.normal(0, rng.uniform(0, 7), seen.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), masks


def _shape(height: int, width: int, rng: np.random.Generator, near: Bitmap | None = None) -> Bitmap:
    """A filled shape of random kind, size and place; `near` puts it onto a mask and makes it smaller."""
    kind = rng.integers(5)
    radius = min(height, width) * math.exp(rng.uniform(math.log(0.05), math.log(0.42)))
    centre = rng.uniform(0, 1, 2) * (width, height)
    if near is not None and near.any():
        ys, xs = np.nonzero(near)
        pick = rng.integers(len(ys))
        centre, radius = np.array([xs[pick], ys[pick]], float), math.sqrt(near.sum()) * rng.uniform(0.2, 0.6)
    canvas = np.zeros((height, width), np.uint8)
    stretch, tilt = math.exp(rng.uniform(-0.7, 0.7)), rng.uniform(0, 180)
    axes = (max(1, round(radius * stretch)), max(1, round(radius / stretch)))
    place = (round(float(centre[0])), round(float(centre[1])))
    if kind in (0, 1):
        cv2.ellipse(canvas, place, axes, tilt, 0, 360, 1, -1)
        if kind == 1:  # a ring
            inner = (max(1, round(axes[0] * 0.55)), max(1, round(axes[1] * 0.55)))
            cv2.ellipse(canvas, place, inner, tilt, 0, 360, 0, -1)
    elif kind == 2:
        box = cv2.boxPoints((place, (2.0 * axes[0], 2.0 * axes[1]), tilt))
        cv2.fillPoly(canvas, [box.round().astype(np.int32)], 1)
    else:
        cv2.fillPoly(canvas, [_outline(place, axes, tilt, kind == 3, rng)], 1)
    return canvas > 0


def _outline(
    place: tuple[int, int], axes: tuple[int, int], tilt: float, jagged: bool, rng: np.random.Generator
) -> npt.NDArray[np.int32]:
    """A star with corners, or a smooth blob made of a few waves around its centre."""
    corners = int(rng.integers(5, 14)) if jagged else 90
    angle = np.linspace(0, 2 * math.pi, corners, endpoint=False)
    if jagged:
        reach = rng.uniform(0.45, 1.0, corners)
    else:
        waves = [rng.uniform(0, 0.28 / k) * np.cos(k * angle + rng.uniform(0, 6.3)) for k in range(2, 6)]
        reach = 0.8 + np.sum(waves, 0)
    x, y = axes[0] * reach * np.cos(angle), axes[1] * reach * np.sin(angle)
    turn = math.radians(tilt)
    turned = np.stack([x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)], 1)
    return np.asarray((turned + place).round(), np.int32)


def _shaded(shape: Bitmap, rng: np.random.Generator) -> Floats:
    """A texture with light from one side, as if the shape were round."""
    height, width = shape.shape
    texture = _texture(height, width, rng)
    if rng.random() < 0.6:
        depth = cv2.distanceTransform(shape.astype(np.uint8), cv2.DIST_L2, 3)
        bulge = np.sqrt(depth / max(float(depth.max()), 1.0))
        texture = texture * (1 - rng.uniform(0.1, 0.5) * (1 - bulge))[..., None]
    return np.asarray(texture, np.float32)


def _texture(height: int, width: int, rng: np.random.Generator) -> Floats:
    """Two colours, mixed by a ramp, stripes, a checkerboard or clouds; float [h, w, 3], 0 to 255."""
    first = rng.uniform(20, 235, 3)
    second = np.clip(first + rng.normal(0, rng.choice([12, 45, 90]), 3), 0, 255)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    turn = rng.uniform(0, math.pi)
    along = x * math.cos(turn) + y * math.sin(turn)
    kind, period = rng.integers(4), rng.uniform(6, 40)
    if kind == 0:
        mix = (along - along.min()) / max(float(np.ptp(along)), 1.0)
    elif kind == 1:
        mix = 0.5 + 0.5 * np.sin(along * 2 * math.pi / period)
    elif kind == 2:
        across = y * math.cos(turn) - x * math.sin(turn)
        mix = ((np.floor(along / period) + np.floor(across / period)) % 2).astype(np.float32)
    else:
        mix = _smooth_noise(height, width, rng.uniform(2, 30), rng)
    return np.asarray(first + (second - first) * mix[..., None], np.float32)


def _smooth_noise(height: int, width: int, cells: float, rng: np.random.Generator) -> Floats:
    """Clouds with about `cells` bumps along a side, 0 to 1."""
    coarse = rng.random((max(2, round(cells) + 1), max(2, round(cells) + 1)), np.float32)
    return np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)


def _shadow(shape: Bitmap, rng: np.random.Generator) -> Floats:
    """What a soft shadow beside the shape leaves of the light, 0 to 1."""
    height, width = shape.shape
    shift = np.array([[1, 0, rng.uniform(-14, 14)], [0, 1, rng.uniform(-4, 16)]], np.float32)
    moved = cv2.warpAffine(shape.astype(np.float32), shift, (width, height))
    return np.asarray(1 - rng.uniform(0.2, 0.6) * cv2.GaussianBlur(moved, (0, 0), float(rng.uniform(2, 9))), np.float32)

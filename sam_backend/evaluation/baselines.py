"""Classical tools on the same masks and prompts: what a model must beat to be worth its download."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt
from skimage.segmentation import felzenszwalb, random_walker

from sam_backend.evaluation.clicks import Click

Image = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
FromClicks = Callable[[Image, Sequence[Click]], Mask]

FELZENSZWALB_SCALE = 300
FLOOD_TOLERANCE = 12
GRABCUT_ITERATIONS = 3
CLICK_RADIUS = 5
WALKER_SIDE = 160
"""The random walker solves a linear system over all pixels: images are shrunk to this side first."""
WALKER_BETA = 130


def grabcut_clicks(image: Image, clicks: Sequence[Click]) -> Mask:
    """GrabCut (Rother et al. 2004): discs around clicks are certain, the rest is probably background,
    the surroundings of positive clicks probably foreground."""
    state = np.full(image.shape[:2], cv2.GC_PR_BGD, np.uint8)
    reach = max(image.shape[:2]) // 8
    for click in clicks:
        if click.label == 1:
            cv2.circle(state, _pixel(click), reach, int(cv2.GC_PR_FGD), -1)
    for click in clicks:
        certain = cv2.GC_FGD if click.label == 1 else cv2.GC_BGD
        cv2.circle(state, _pixel(click), CLICK_RADIUS, int(certain), -1)
    return _grabcut(image, state, None)


def grabcut_box(image: Image, box: npt.NDArray[np.float32]) -> Mask:
    """GrabCut started from a box (x0, y0, x1, y1)."""
    height, width = image.shape[:2]
    x0, y0 = int(max(0, box[0])), int(max(0, box[1]))
    x1, y1 = int(min(width, np.ceil(box[2]))), int(min(height, np.ceil(box[3])))
    if x1 - x0 >= width and y1 - y0 >= height:
        return np.ones((height, width), bool)
    return _grabcut(image, np.zeros((height, width), np.uint8), (x0, y0, max(1, x1 - x0), max(1, y1 - y0)))


def _grabcut(image: Image, state: npt.NDArray[np.uint8], rect: Sequence[int] | None) -> Mask:
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    mode = cv2.GC_INIT_WITH_MASK if rect is None else cv2.GC_INIT_WITH_RECT
    cv2.setRNGSeed(0)
    # With too few pixels of one kind to fit a colour model the start state is the answer.
    with contextlib.suppress(cv2.error):
        cv2.grabCut(image, state, rect or (0, 0, 1, 1), background, foreground, GRABCUT_ITERATIONS, mode)
    return np.asarray((state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD))


def fill_box(image: Image, box: npt.NDArray[np.float32]) -> Mask:
    """Every pixel inside the box."""
    mask = np.zeros(image.shape[:2], bool)
    x0, y0, x1, y1 = (round(float(v)) for v in box)
    mask[max(0, y0) : y1, max(0, x0) : x1] = True
    return mask


def felzenszwalb_segment(image: Image, clicks: Sequence[Click]) -> Mask:
    """Union of Felzenszwalb & Huttenlocher (2004) segments under positive clicks, less those under negative ones."""
    segments = felzenszwalb(image, scale=FELZENSZWALB_SCALE, sigma=0.8, min_size=50)
    wanted = {int(segments[_row_column(c)]) for c in clicks if c.label == 1}
    unwanted = {int(segments[_row_column(c)]) for c in clicks if c.label == 0}
    return np.isin(segments, list(wanted - unwanted))


def flood_fill(image: Image, clicks: Sequence[Click]) -> Mask:
    """Pixels connected to a positive click whose colour stays within a tolerance of the clicked one."""
    smooth = cv2.GaussianBlur(image, (0, 0), 1.0)
    mask = np.zeros(image.shape[:2], bool)
    for click in (c for c in clicks if c.label == 1):
        area = np.zeros((image.shape[0] + 2, image.shape[1] + 2), np.uint8)
        tolerance = (FLOOD_TOLERANCE,) * 3
        flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (1 << 8)
        cv2.floodFill(smooth.copy(), area, _pixel(click), 0, tolerance, tolerance, flags)
        mask |= area[1:-1, 1:-1] > 0
    return mask


def walk_randomly(image: Image, clicks: Sequence[Click]) -> Mask:
    """Random walker (Grady 2006) seeded by the clicks; the image's border is background unless clicked."""
    height, width = image.shape[:2]
    scale = min(1.0, WALKER_SIDE / max(height, width))
    small_size = (max(3, round(width * scale)), max(3, round(height * scale)))
    small = cv2.resize(image, small_size, interpolation=cv2.INTER_AREA)
    seeds = np.zeros(small.shape[:2], np.int32)
    seeds[0], seeds[-1], seeds[:, 0], seeds[:, -1] = 2, 2, 2, 2
    for click in clicks:
        centre = (min(int(click.x * scale), small.shape[1] - 1), min(int(click.y * scale), small.shape[0] - 1))
        cv2.circle(seeds, centre, 1, 1 if click.label == 1 else 2, -1)
    if not (seeds == 1).any() or not (seeds == 2).any():
        return np.full((height, width), bool((seeds == 1).any()))
    labels = random_walker(small, seeds, beta=WALKER_BETA, mode="cg_j", channel_axis=-1, tol=1e-2)
    zoomed = cv2.resize((labels == 1).astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(zoomed > 0)


def _pixel(click: Click) -> tuple[int, int]:
    return int(click.x), int(click.y)


def _row_column(click: Click) -> tuple[int, int]:
    return int(click.y), int(click.x)


CLICK_BASELINES: dict[str, FromClicks] = {
    "grabcut": grabcut_clicks,
    "felzenszwalb": felzenszwalb_segment,
    "flood_fill": flood_fill,
    "random_walker": walk_randomly,
}
BOX_BASELINES: dict[str, Callable[[Image, npt.NDArray[np.float32]], Mask]] = {
    "grabcut": grabcut_box,
    "fill_box": fill_box,
}

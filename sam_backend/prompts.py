"""Prompts as a person gives them, checked and turned into the decoder's inputs.

The one home in Python of the rules; static/app/sam/prompts.js is its twin, and tests/fixtures/prompts_golden.json
holds both to the same numbers:

- points first, then the box's two corners with labels 2 and 3;
- without a box one padding point (0, 0) with label -1 is appended, as SAM's exported decoder expects;
- coordinates are scaled into the padded square, labels become float32.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.transforms import FloatArray, Frame

POSITIVE, NEGATIVE, CORNER_0, CORNER_1, PADDING = 1, 0, 2, 3, -1
LABELS = (PADDING, NEGATIVE, POSITIVE, CORNER_0, CORNER_1)
# Far more than a person clicks; keeps the decoder's attention maps small.
MAX_POINTS = 256


@dataclass(frozen=True)
class PromptTensors:
    """Decoder inputs of B prompts with N entries each.

    ``point_coords`` [B, N, 2] in the padded square, ``point_labels`` [B, N], ``mask_input`` [B, 1, m, m],
    ``has_mask_input`` [B]; all float32. ``ambiguous`` is true for a single point and nothing else: then the
    three candidates are meant for the answer, otherwise token 0 (paper, section 3).
    """

    point_coords: FloatArray
    point_labels: FloatArray
    mask_input: FloatArray
    has_mask_input: FloatArray
    ambiguous: bool = False

    def feeds(self) -> dict[str, FloatArray]:
        """By the decoder graph's input names."""
        return {
            "point_coords": self.point_coords,
            "point_labels": self.point_labels,
            "mask_input": self.mask_input,
            "has_mask_input": self.has_mask_input,
        }


def build_prompt(
    frame: Frame,
    points: npt.ArrayLike | None = None,
    labels: npt.ArrayLike | None = None,
    box: npt.ArrayLike | None = None,
    mask_input: npt.ArrayLike | None = None,
    mask_size: int = 256,
) -> PromptTensors:
    """One prompt, in image pixels, to tensors with B = 1. Raises ValueError saying what was expected and received."""
    xy, kinds = check_points(frame, points, labels)
    corners = None if box is None else check_box(frame, box)
    logits = None if mask_input is None else check_mask_input(mask_input, mask_size)
    if len(xy) == 0 and corners is None:
        raise ValueError("A prompt needs at least one point or a box; received neither.")
    tail = np.zeros((1, 2)) if corners is None else corners
    tail_labels = [PADDING] if corners is None else [CORNER_0, CORNER_1]
    return PromptTensors(
        point_coords=frame.to_input(np.concatenate([xy, tail]))[None],
        point_labels=np.concatenate([kinds, tail_labels]).astype(np.float32)[None],
        mask_input=np.zeros((1, 1, mask_size, mask_size), np.float32) if logits is None else logits[None, None],
        has_mask_input=np.array([logits is not None], np.float32),
        ambiguous=bool(len(xy) == 1 and kinds[0] == POSITIVE and corners is None and logits is None),
    )


def build_point_batch(frame: Frame, points: npt.ArrayLike, mask_size: int = 256) -> PromptTensors:
    """One positive point per prompt: [B, 2] in image pixels to tensors with N = 2 (point and padding)."""
    xy, _ = check_points(frame, points, np.ones(len(np.asarray(points)), int), limit=None)
    coords = np.zeros((len(xy), 2, 2), np.float32)
    coords[:, 0] = frame.to_input(xy)
    labels = np.tile(np.array([POSITIVE, PADDING], np.float32), (len(xy), 1))
    empty = np.zeros((len(xy), 1, mask_size, mask_size), np.float32)
    return PromptTensors(coords, labels, empty, np.zeros(len(xy), np.float32), ambiguous=True)


def check_points(
    frame: Frame, points: npt.ArrayLike | None, labels: npt.ArrayLike | None, limit: int | None = MAX_POINTS
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Points [N, 2] as float64 and labels [N] as int64, both possibly empty."""
    xy = _floats([] if points is None else points, "Points")
    kinds = _floats([] if labels is None else labels, "Labels")
    if xy.size == 0:
        xy = xy.reshape(0, 2)
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise ValueError(f"Points must have the shape [N, 2] (x, y); received {list(xy.shape)}.")
    if kinds.shape != (len(xy),):
        raise ValueError(
            f"Every point needs one label: expected labels of shape [{len(xy)}], received {list(kinds.shape)}."
        )
    if limit is not None and len(xy) > limit:
        raise ValueError(f"A prompt may have at most {limit} points; received {len(xy)}.")
    unknown = kinds[~np.isin(kinds, LABELS)]
    if unknown.size:
        raise ValueError(f"Labels must be among -1, 0, 1, 2 and 3; received {unknown[0]:g}.")
    _check_inside(frame, xy[kinds != PADDING], "Points")
    return xy, kinds.astype(np.int64)


def check_box(frame: Frame, box: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """A box (x0, y0, x1, y1) as its two corners [2, 2]."""
    flat = _floats(box, "A box")
    if flat.shape != (4,):
        raise ValueError(f"A box must be four numbers (x0, y0, x1, y1); received shape {list(flat.shape)}.")
    x0, y0, x1, y1 = flat.tolist()
    if x1 <= x0 or y1 <= y0:
        raise ValueError(
            f"A box must have x0 < x1 and y0 < y1; received ({x0:g}, {y0:g}, {x1:g}, {y1:g}), which covers no area."
        )
    corners = flat.reshape(2, 2)
    _check_inside(frame, corners, "A box's corners")
    return corners


def check_mask_input(mask_input: npt.ArrayLike, mask_size: int) -> FloatArray:
    """Logits of an earlier prediction, [mask_size, mask_size]."""
    logits = _floats(mask_input, "The mask input")
    if logits.shape != (mask_size, mask_size):
        raise ValueError(
            f"The mask input must be logits of shape [{mask_size}, {mask_size}]; received {list(logits.shape)}."
        )
    return logits.astype(np.float32)


def _floats(values: npt.ArrayLike, what: str) -> npt.NDArray[np.float64]:
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} must be numbers in a regular array; received {type(values).__name__}.") from error
    if not np.isfinite(array).all():
        raise ValueError(f"{what} must be finite numbers; received NaN or infinity.")
    return array


def _check_inside(frame: Frame, xy: npt.NDArray[np.float64], what: str) -> None:
    outside = ((xy < 0) | (xy > (frame.width, frame.height))).any(axis=1)
    if outside.any():
        x, y = xy[outside][0]
        raise ValueError(
            f"{what} must lie in the image of {frame.width} x {frame.height} pixels; received ({x:g}, {y:g})."
        )

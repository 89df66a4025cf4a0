"""What a masked region looks like to the encoder, and which label its likes were given.

What the encoder sees inside a mask, how much that varies, and the mask's own size, place and shape describe it well
enough to tell many of a team's classes apart; naming a new region is then a vote among the accepted masks most like it.
Nothing is trained, so every accepted mask counts at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from sam_backend.embedding import Embedding
from sam_backend.transforms import FloatArray, Frame

NEIGHBOURS = 15
"""Accepted masks that vote."""
SHARPNESS = 12.0
"""How much more a close neighbour counts: its vote weighs exp(SHARPNESS * cosine)."""

SHAPE = 6
"""Numbers that describe a region's shape, at the end of a description."""
MOST = 2.5
"""Deviations that count at most."""
FLOOR = 0.1
"""How much of the mean deviation is added to each number's own."""


def image_cells(frame: Frame, cells: int) -> tuple[int, int]:
    """Rows and columns of cells × cells feature cells that stand for the image, to the nearest whole one."""
    across = max(1, round(frame.scaled_width * cells / frame.input_size))
    down = max(1, round(frame.scaled_height * cells / frame.input_size))
    return down, across


def coverage_map(mask: npt.NDArray[np.bool_], frame: Frame, cells: int) -> FloatArray:
    """Share of each of cells × cells feature cells covered by a mask [height, width]; padding is 0."""
    if mask.shape != (frame.height, frame.width):
        expected = [frame.height, frame.width]
        raise ValueError(f"The mask must be {expected} like its image; received {list(mask.shape)}.")
    down, across = image_cells(frame, cells)
    image = Image.fromarray(mask.astype(np.uint8) * 255).resize((across, down), Image.Resampling.BOX)
    result = np.zeros((cells, cells), np.float32)
    result[:down, :across] = np.asarray(image, np.float32)[:cells, :cells] / 255
    return result


def mean_embedding(
    embedding: Embedding, mask: npt.NDArray[np.bool_], frame: Frame, tensor: str = "embedding"
) -> FloatArray:
    """Unit-length mean feature [C] inside a mask of the embedding's image, which lies in its square as `frame` says.

    Raises:
        ValueError: the mask is empty or of another size than the image.
    """
    features = embedding.tensors[tensor][0]
    weights = coverage_map(mask, frame, features.shape[-1])
    if not weights.any():
        raise ValueError("The mask is empty; there is nothing to describe.")
    mean = np.tensordot(features, weights, ((1, 2), (0, 1))) / weights.sum()
    return np.asarray(mean / (np.linalg.norm(mean) + 1e-9), np.float32)


def describe_under(features: FloatArray, weights: FloatArray) -> FloatArray:
    """A description [2C + 6] of a region of features [C, n, n], each cell counted by its weight [n, n]: the features'
    mean, their spread, and the region's place, size, height, width and proportion. Compare with `Likeness`.

    Raises:
        ValueError: all weights are 0.
    """
    total = float(weights.sum())
    if not total:
        raise ValueError("The mask is empty; there is nothing to describe.")
    # Only the cells it covers: thousands of small regions are described in a second.
    inside = weights > 0
    covered, shares = features[:, inside], weights[inside] / total
    mean = covered @ shares
    square = np.square(covered) @ shares
    spread = np.sqrt(np.maximum(square - np.square(mean), 0))
    return np.concatenate([mean, spread, _shape(weights, total)]).astype(np.float32)


def _shape(weights: FloatArray, total: float) -> FloatArray:
    side = weights.shape[0]
    place = (np.arange(side) + 0.5) / side
    row, column = float(weights.sum(1) @ place) / total, float(weights.sum(0) @ place) / total
    tall, wide = np.count_nonzero(weights.any(1)) / side, np.count_nonzero(weights.any(0)) / side
    return np.array([row, column, np.sqrt(total) / side, tall, wide, np.log(tall / wide)], np.float32)


class Likeness:
    """Makes descriptions comparable: what varies among the known ones counts, and mean, spread and shape count alike.

    annotator/suggestions/README.md says what that is worth on real masks.
    """

    def __init__(self, known: FloatArray) -> None:
        channels = (known.shape[1] - SHAPE) // 2
        blocks = (slice(0, channels), slice(channels, 2 * channels), slice(2 * channels, None))
        self._middle = known.mean(0)
        self._scale, self._share = known.std(0), np.ones(known.shape[1], np.float32)
        for block in blocks:
            part = self._scale[block]
            # What hardly varies among the known ones must not decide by its last digits.
            self._scale[block] = part + FLOOR * part.mean() + 1e-6
            self._share[block] = 1 / np.sqrt(part.size)

    def __call__(self, descriptions: FloatArray) -> FloatArray:
        """Unit vectors, one per description."""
        # Nor may one odd number: a region twice as tall as any known one is merely tall.
        centred = np.clip((descriptions - self._middle) / self._scale, -MOST, MOST) * self._share
        return np.asarray(centred / (np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9), np.float32)


@dataclass(frozen=True)
class LabelProposal:
    """A label and how sure the vote was, 0-1."""

    label: str
    probability: float


def propose_labels(
    known: FloatArray, labels: Sequence[str], regions: FloatArray, neighbours: int = NEIGHBOURS
) -> list[LabelProposal]:
    """Names regions by their nearest accepted masks.

    Args:
        known: unit vectors [K, C] of accepted masks, `labels` their K labels.
        regions: unit vectors [R, C] to name.

    Raises:
        ValueError: nothing is known, or counts differ.
    """
    if len(known) != len(labels) or not len(labels):
        raise ValueError(f"Expected one label per known mask, at least one; received {len(labels)} for {len(known)}.")
    names = sorted(set(labels))
    column = np.array([names.index(label) for label in labels])
    # Classes with many masks must not win by number alone, yet common ones are common.
    balance = 1.0 / np.sqrt(np.bincount(column, minlength=len(names))[column])
    cosine = regions @ known.T
    nearest = np.argsort(-cosine, 1)[:, : min(neighbours, len(labels))]
    proposals = []
    for row, picks in zip(cosine, nearest, strict=True):
        votes = np.zeros(len(names))
        np.add.at(votes, column[picks], np.exp(SHARPNESS * (row[picks] - row[picks[0]])) * balance[picks])
        winner = int(votes.argmax())
        proposals.append(LabelProposal(names[winner], float(votes[winner] / votes.sum())))
    return proposals

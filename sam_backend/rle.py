"""COCO run-length encoding of a mask given by the part of the image it lies in."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import numpy.typing as npt


class Rle(TypedDict):
    """COCO's compressed form: ``size`` is [height, width], runs go down the columns."""

    size: list[int]
    counts: str


def encode_part(part: npt.NDArray[np.bool_], row: int, column: int, height: int, width: int) -> Rle:
    """Encodes an image-size mask that is ``part`` at (row, column) and empty elsewhere."""
    rows = part.shape[0]
    edges = np.zeros((part.shape[1], rows + 1), np.int8)
    edges[:, :rows] = part.T
    edges[:, 1:] -= part.T
    columns, places = np.nonzero(edges)
    starts = edges[columns, places] == 1
    position = (columns + column) * height + row + places
    begin, end = position[starts], position[~starts]
    # Runs that end where the next begins are one: columns joined over the image's full height.
    joined = begin[1:] == end[:-1]
    begin, end = begin[np.r_[True, ~joined][: len(begin)]], end[np.r_[~joined, True][: len(end)]]
    borders = np.concatenate([[0], np.stack([begin, end], 1).ravel(), [height * width]])
    counts = np.diff(borders)
    if counts[-1] == 0:
        counts = counts[:-1]
    return {"size": [height, width], "counts": compress(counts)}


def compress(counts: npt.NDArray[np.int64]) -> str:
    """COCO's text form: each count from the fourth on as the difference to the last but one, in base 32 with a
    continuation bit, from the character '0'."""
    values = counts.astype(np.int64).copy()
    values[3:] -= counts[1:-2]
    text = bytearray()
    for value in values.tolist():
        more = True
        while more:
            digit = value & 31
            value >>= 5
            more = value != (-1 if digit & 16 else 0)
            text.append((digit | (32 if more else 0)) + 48)
    return text.decode("ascii")

"""A candidate's logits cut down to where its mask can be: exact masks for little memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.amg.filters import cell_size
from sam_backend.postprocess import BoolArray, upsample_region
from sam_backend.transforms import FloatArray, Frame

# A pixel mixes at most 3 neighbouring logits per axis, so it can only be above the threshold within 2 cells of one that
# is, and all logits it mixes lie within 4 cells of that one.
REACH, MARGIN = 2, 4
# Stands for the logits outside: below any threshold, and never mixed into a pixel of the mask.
OUTSIDE = np.float32(-1e4)


@dataclass(frozen=True)
class Window:
    """The part of a logits map [m, m] around its mask.

    ``row`` and ``column`` are its place in the map of ``side`` cells; ``rows`` and ``columns`` the first and last cell
    above the threshold, in the map.
    """

    logits: FloatArray
    row: int
    column: int
    side: int
    rows: tuple[int, int]
    columns: tuple[int, int]

    @classmethod
    def around(cls, logits: FloatArray, threshold: float, visible: tuple[int, ...]) -> Window:
        """Cuts a map [m, m] of which ``visible`` (rows, columns) lie on the image; a copy, so that the batch can be
        freed. Pixels at the image's edge mix in one more row and column of the padding."""
        above = logits[: visible[0] + 1, : visible[1] + 1] > threshold
        rows, columns = _ends(np.asarray(above.any(axis=1))), _ends(np.asarray(above.any(axis=0)))
        top, left = max(0, rows[0] - MARGIN), max(0, columns[0] - MARGIN)
        part = logits[top : rows[1] + MARGIN + 1, left : columns[1] + MARGIN + 1]
        return cls(part.copy(), top, left, len(logits), rows, columns)

    def full(self) -> FloatArray:
        """The map [m, m], with what was cut away far below any threshold."""
        full = np.full((self.side, self.side), OUTSIDE)
        height, width = self.logits.shape
        full[self.row : self.row + height, self.column : self.column + width] = self.logits
        return full

    def mask(self, frame: Frame, threshold: float, border: int = 0) -> tuple[BoolArray, int, int]:
        """The mask's pixels where there can be any, their first row and column in the frame's image.

        ``border`` more pixels around are taken in, where there are any.
        """
        cell = cell_size(self.side, frame)
        x0, x1 = _span(self.columns, cell[0], border, frame.width)
        y0, y1 = _span(self.rows, cell[1], border, frame.height)
        return upsample_region(self.full(), frame, (x0, y0, x1, y1), threshold), y0, x0


def _ends(flags: npt.NDArray[np.bool_]) -> tuple[int, int]:
    where = np.nonzero(flags)[0]
    return int(where[0]), int(where[-1])


def _span(cells: tuple[int, int], unit: float, border: int, limit: int) -> tuple[int, int]:
    """Pixels that the cells may reach, and ``border`` more on either side."""
    first, last = np.floor((cells[0] - REACH) * unit), np.ceil((cells[1] + 1 + REACH) * unit)
    return max(0, int(first) - border), min(limit, int(last) + border)

"""What a package asks for to be done to a mask before it is shown, done to automatic masks as to clicked ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sam_backend.amg.window import Window
from sam_backend.edges import EdgeGuide
from sam_backend.prompts import POSITIVE
from sam_backend.tidy import tidy
from sam_backend.transforms import FloatArray, Frame


@dataclass(frozen=True, eq=False)
class Polish:
    """Borders moved to the picture's edges, then specks and pinholes removed; one for all candidates of a crop.

    It works on the logits around a mask, as the rest of them is not kept: a border moves by no more than the filter's
    window, and what lies farther from the mask than its window reaches counts as surely outside.
    """

    frame: Frame
    guide: EdgeGuide | None
    tidy_cells: int
    threshold: float

    def __call__(self, window: Window, point: tuple[float, float]) -> Window:
        """The same mask, polished; as it was if nothing of it would be left. ``point`` in the frame's pixels."""
        full = window.full()
        logits = full if self.guide is None else self.guide.refine(full, self.threshold)
        if self.tidy_cells:
            logits = tidy(logits, self.frame, self.tidy_cells, _clicked(point), self.threshold)
        rows, columns = self.frame.cells(window.side)
        if not (logits[:rows, :columns] > self.threshold).any():
            return window
        return Window.around(logits, self.threshold, (rows, columns))


def _clicked(point: tuple[float, float]) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    return np.array([point], np.float32), np.array([POSITIVE], np.int64)

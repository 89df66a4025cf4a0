"""What a package asks for to be done to a mask before it is shown, done to automatic masks as to clicked ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sam_backend.amg.window import Window
from sam_backend.finish import Finish
from sam_backend.prompts import POSITIVE


@dataclass(frozen=True, eq=False)
class Polish:
    """The finish of masks (see finish.py) on windows of logits; one for all candidates of a crop.

    It works on the logits around a mask, as the rest of them is not kept: a border moves by no more than the filter's
    window, and what lies farther from the mask than its window reaches counts as surely outside. All parts stay: nobody
    clicked.
    """

    finish: Finish

    def __call__(self, window: Window, point: tuple[float, float]) -> Window:
        """The same mask, polished; as it was if nothing of it would be left. ``point`` in the frame's pixels."""
        frame, threshold = self.finish.frame, self.finish.threshold
        logits = self.finish(window.full(), (np.array([point], np.float32), np.array([POSITIVE], np.int64)))
        rows, columns = frame.cells(window.side)
        if not (logits[:rows, :columns] > threshold).any():
            return window
        return Window.around(logits, threshold, (rows, columns))

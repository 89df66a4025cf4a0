"""What earlier points settled: a click that mends a small place must not ruin a good mask elsewhere.

A decoder that is given one more point answers anew everywhere. A click that adds is no reason to take something away
far from it, nor one that takes away to add there: a cell that changes sides against the sense of the click counts the
logit of the mask before, too, and the more the farther it lies from the point, measured by that mask's own size. At
the point the new answer stands alone; from a mask's width away it has to be `EVIDENCE` times as sure as the old one
was. Both logits are one model's, so the rule knows no scale. `evaluate` measures the share of corrections that lose
more than 0.05 IoU (`lost_steps`). static/app/sam/settled.js is the twin.
"""

from __future__ import annotations

import numpy as np

from sam_backend.prompts import POSITIVE
from sam_backend.tidy import Points
from sam_backend.transforms import FloatArray, Frame

EVIDENCE = 3.0
"""How many times as sure an answer must be to overrule an earlier one that is far from the new point."""


def settle(logits: FloatArray, before: FloatArray, frame: Frame, new: Points, threshold: float = 0.0) -> FloatArray:
    """Logits [n, m, m] as they go to the finish and, with the next point, back to the decoder.

    Args:
        logits: the decoder's answers.
        before: logits [m, m] that it was given.
        new: points [k, 2], k > 0, in image pixels and labels [k]: those that `before` does not answer. Each cell goes
            by the nearest.
    """
    side = before.shape[0]
    rows, columns = frame.cells(side)
    old = before[:rows, :columns].astype(np.float64) - threshold
    size = max(1.0, float(np.sqrt(np.count_nonzero(old > 0))))
    places = frame.to_input(new[0].reshape(-1, 2)).astype(np.float64) * (side / frame.input_size)
    down, across = np.arange(rows)[:, None] + 0.5, np.arange(columns) + 0.5
    squares = np.stack([(across - x) ** 2 + (down - y) ** 2 for x, y in places])
    adds = (new[1].reshape(-1) == POSITIVE)[squares.argmin(0)]
    held = old * (EVIDENCE * np.minimum(1.0, np.sqrt(squares.min(0)) / size))
    result = logits.copy()
    seen = result[:, :rows, :columns]
    against = ((seen > threshold) != (old > 0)) & (adds == (old > 0))
    seen[against] = (seen + held)[against]
    return result

"""One finish of a mask: from the decoder's logits to what is measured, shown, stored and exported.

The order of the steps stands here alone: borders to the image's edges, then crumbs, then only the clicked parts. What
goes back to the decoder between clicks is what comes in here (its own logits, of a correction with what earlier points
settled: settled.py), never what goes out. static/app/sam/finish.js is the twin;
tests/fixtures/finish_golden.json holds both to the same masks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sam_backend.clicked import keep_clicked
from sam_backend.edges import GUIDE, EdgeGuide
from sam_backend.manifest import DecoderSpec
from sam_backend.postprocess import BoolArray, upsample_mask
from sam_backend.prompts import POSITIVE
from sam_backend.tidy import Points, tidy
from sam_backend.transforms import FloatArray, Frame

Parts = Literal["clicked", "all"]


@dataclass(frozen=True, eq=False)
class Finish:
    """What a package asks for to be done to the masks of one image.

    ``guide`` moves borders to edges, None where the package doesn't ask for it; ``tidy_cells`` see tidy.py, 0 = never;
    logits above ``threshold`` belong to the mask.
    """

    frame: Frame
    threshold: float = 0.0
    tidy_cells: int = 0
    guide: EdgeGuide | None = None

    @classmethod
    def of(cls, decoder: DecoderSpec, frame: Frame, tensors: Mapping[str, FloatArray]) -> Finish:
        """For an image with these embedding tensors."""
        guided = decoder.edge_radius and GUIDE in tensors
        guide = EdgeGuide(tensors[GUIDE], frame, decoder.edge_radius) if guided else None
        return cls(frame, decoder.mask_threshold, decoder.tidy_cells, guide)

    def __call__(self, logits: FloatArray, clicks: Points | None = None, parts: Parts = "all") -> FloatArray:
        """One map [m, m], finished; the input stays as it is.

        Args:
            clicks: points [N, 2] in image pixels and labels [N]. What lies under them is never a crumb.
            parts: "clicked" leaves out parts that hold no positive point; see `parts_of`.
        """
        if self.guide is not None:
            logits = self.guide.refine(logits, self.threshold)
        if self.tidy_cells:
            logits = tidy(logits, self.frame, self.tidy_cells, clicks, self.threshold)
        if parts == "clicked" and clicks is not None:
            logits = keep_clicked(logits, self.frame, clicks, self.threshold)
        return logits

    def mask(self, logits: FloatArray, clicks: Points | None = None, parts: Parts = "all") -> BoolArray:
        """The finished mask at image size, bool [height, width]."""
        return upsample_mask(self(logits, clicks, parts), self.frame, self.threshold)


def parts_of(labels: npt.ArrayLike | None, box: npt.ArrayLike | None) -> Parts:
    """Which parts a prompt asks for: of clicks alone the clicked ones. A box says itself how far the object reaches."""
    positive = labels is not None and bool((np.asarray(labels) == POSITIVE).any())
    return "clicked" if positive and box is None else "all"

"""From boxes to masks: the one place of this room that calls the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.inference.embeddings import as_stored, stored_embedding
from annotator.inference.lending import Purpose, borrow
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.projects.renditions import read_rgb
from annotator.suggestions.boxes.reading import Box
from annotator.suggestions.known import Found, point_inside
from export import rle
from sam_backend.amg.filters import stability_scores, visible

OFFSET = 1.0
"""Of the threshold, for the stability score (paper, appendix B)."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A box and its mask; None where the model sees nothing in the box."""

    box: Box
    found: Found | None


def masks(version: ModelVersion, image: Image, boxes: Sequence[Box]) -> list[Masked]:
    """The mask of each box, in their order: the unambiguous one (token 0), as the editor gives for a box.

    Raises FileNotFoundError, ValueError when the model's package is broken, MemoryError when the image is too large."""
    with borrow(version, Purpose.SEARCH) as predictor:
        stored = stored_embedding(image, version)
        predictor.set_embedding(stored or as_stored(predictor.encode(read_rgb(image.sha256))))
        done = []
        for box in boxes:
            x, y, width, height = box.box
            answer = predictor.predict(box=(x, y, x + width, y + height))
            mask = rle.encode(answer.mask(answer.best))
            if not rle.area(mask):
                done.append(Masked(box, None))
                continue
            shown = visible(answer.logits[answer.best][None], answer.frame)
            (stability,) = stability_scores(shown, answer.threshold, OFFSET)
            score = min(max(float(answer.scores[answer.best]), 0.0), 1.0)
            whole = (0, 0, image.width, image.height)
            done.append(Masked(box, Found(mask, score, float(stability), point_inside(mask), whole)))
        return done

"""From an object in one image to the same object in the next, by cached embeddings and the decoder alone.

No tracker and no encoder run: the object's box (padded and jittered), with and without its mask's logits, is the
prompt in the next image, and among the answers the one most like the object is kept (the idea of SAM-PD,
arXiv 2403.04194).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from sam_backend.embedding import Embedding
from sam_backend.predictor import Prediction, Predictor
from sam_backend.similarity import coverage_map, mean_embedding
from sam_backend.transforms import FloatArray, Frame

BOX_PAD = 0.08
"""The box grows by this share of its sides: objects move between images."""
JITTERS = ((0.0, 0.0), (0.06, 0.0), (-0.06, 0.0), (0.0, 0.06), (0.0, -0.06))
"""Shifts of the box that are tried, as shares of its sides."""
MASK_LOGIT = 6.0
"""Logit of a pixel that is surely inside a mask made by hand (sigmoid 0.998)."""
WEIGHT_OVERLAP, WEIGHT_SCORE, WEIGHT_LIKENESS = 0.2, 0.3, 0.5
"""How overlap with the previous mask, predicted IoU and likeness of the features make up the confidence.

Likeness leads: a mask prompt alone makes the decoder repeat the old mask in any image, so overlap proves little.
Measured on DAVIS 2016 frames twelve apart (found again with IoU > 0.5, or not): AUC 0.97, against 0.92 with overlap
leading."""
CONFIDENT = 0.82
"""Below this a person is asked: nine in ten good answers of that measurement lie above, nine in ten bad ones below."""
KINSHIP = 0.95
"""Likeness to the object as a person accepted it, below which a chain has drifted to something else, however sure each
single step was. Chosen on seven DAVIS 2016 sequences (frames twelve apart, 37 steps), where eight of the ten masks with
IoU < 0.5 lie below and none of the others; on five more it stopped all eight such masks that single steps had passed.
Over the twelve, wrong masks (IoU < 0.5) among those carried fell from 15 of 43 to 2 of 30."""
SAME_PLACE = 0.8
"""IoU from which two masks are taken for the same thing."""


@dataclass(frozen=True)
class Propagation:
    """An object found again.

    ``logits`` float32 [m, m] and ``mask`` bool [height, width] in the new image; ``confidence`` 0-1 and its parts.
    ``kinship``: cosine with the object as it was at the beginning of its chain; in the first step that is ``likeness``.
    ``contested``: another object was found in the same place with more confidence.
    """

    logits: FloatArray
    mask: npt.NDArray[np.bool_]
    predicted_iou: float
    overlap: float
    likeness: float
    kinship: float
    contested: bool = False

    @property
    def confidence(self) -> float:
        return WEIGHT_OVERLAP * self.overlap + WEIGHT_SCORE * self.predicted_iou + WEIGHT_LIKENESS * self.likeness

    @property
    def sure(self) -> bool:
        """Whether a chain of images may go on without asking."""
        return self.confidence >= CONFIDENT and not self.drifted and not self.contested and bool(self.mask.any())

    @property
    def drifted(self) -> bool:
        """Whether it has become something else than its chain began with."""
        return self.kinship < KINSHIP


def mask_to_logits(mask: npt.NDArray[np.bool_], frame: Frame, mask_size: int = 256) -> FloatArray:
    """Logits [m, m] that stand for an image-size mask when it is fed to the decoder as a mask prompt."""
    return np.asarray((2 * coverage_map(mask, frame, mask_size) - 1) * MASK_LOGIT, np.float32)


def propagate(
    predictor: Predictor,
    source: Embedding,
    mask: npt.NDArray[np.bool_],
    target: Embedding,
    first: FloatArray | None = None,
) -> Propagation:
    """Finds the object under ``mask`` of the source image in the target image.

    Both embeddings must come from the predictor's model. Images of another size are compared in relative position.
    ``first``: in a chain, the mean embedding of the object where it began (similarity.mean_embedding).

    Raises:
        ValueError: the mask is empty or of another size than its image, or an embedding is of another model.
    """
    predictor.check(source)
    predictor.set_embedding(target)
    before = predictor.frame(source)
    after = predictor.frame(target)
    template = mean_embedding(source, mask, before)
    box = _box(mask) * np.tile([after.width / before.width, after.height / before.height], 2)
    logits = mask_to_logits(_resized(mask, after), after, predictor.manifest.decoder.mask_size)
    answers = [
        predictor.predict(box=_shifted(box, shift, after), mask_input=prompt)
        for shift in JITTERS
        for prompt in (logits, None)
    ]
    rated = [_rate(answer, logits, template, target) for answer in answers]
    best = max(rated, key=lambda found: found.confidence)
    if first is None or not best.mask.any():
        return best
    return replace(best, kinship=float(mean_embedding(target, best.mask, after) @ first))


def propagate_all(
    predictor: Predictor,
    source: Embedding,
    masks: Sequence[npt.NDArray[np.bool_]],
    target: Embedding,
    firsts: Sequence[FloatArray] | None = None,
) -> list[Propagation]:
    """Finds several objects of the source image in the target image, in their order; ``firsts`` as ``first`` there.

    Two objects do not become one: of those found in the same place, only the most confident is not ``contested``
    (unless they lay in the same place before). Arguments and errors as in `propagate`.
    """
    origins = firsts if firsts is not None else [None] * len(masks)
    found = [propagate(predictor, source, mask, target, first) for mask, first in zip(masks, origins, strict=True)]
    taken: list[int] = []
    for index in sorted(range(len(found)), key=lambda one: -found[one].confidence):
        rivals = [one for one in taken if iou(found[one].mask, found[index].mask) >= SAME_PLACE]
        if any(iou(masks[one], masks[index]) < SAME_PLACE for one in rivals):
            found[index] = replace(found[index], contested=True)
        else:
            taken.append(index)
    return found


def iou(mask: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> float:
    """Intersection over union of two masks of one size; 0 when both are empty."""
    union = int(np.count_nonzero(mask | other))
    return float(np.count_nonzero(mask & other)) / union if union else 0.0


def _rate(answer: Prediction, previous: FloatArray, template: FloatArray, target: Embedding) -> Propagation:
    overlap = iou(answer.logits[0] > answer.threshold, previous > 0)
    mask = answer.mask(0)
    likeness = max(0.0, float(mean_embedding(target, mask, answer.frame) @ template)) if mask.any() else 0.0
    score = float(np.clip(answer.scores[0], 0, 1))
    return Propagation(answer.logits[0], mask, score, overlap, likeness, likeness)


def _box(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        raise ValueError("The mask is empty; there is nothing to propagate.")
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float64)


def _shifted(box: npt.NDArray[np.float64], shift: tuple[float, float], frame: Frame) -> FloatArray:
    sides = box[2:] - box[:2]
    low, high = box[:2] - BOX_PAD * sides + shift * sides, box[2:] + BOX_PAD * sides + shift * sides
    limit = np.array([frame.width, frame.height])
    corners = np.concatenate([np.clip(low, 0, limit - 1), np.clip(high, 1, limit)])
    return np.asarray(corners, np.float32)


def _resized(mask: npt.NDArray[np.bool_], frame: Frame) -> npt.NDArray[np.bool_]:
    if mask.shape == (frame.height, frame.width):
        return mask
    rows = (np.arange(frame.height) + 0.5) * mask.shape[0] / frame.height
    columns = (np.arange(frame.width) + 0.5) * mask.shape[1] / frame.width
    return np.asarray(mask[rows.astype(int)[:, None], columns.astype(int)[None]])

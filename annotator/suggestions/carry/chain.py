"""Finding objects of one image in the next: the one place that calls the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.inference.embeddings import stored_embedding
from annotator.inference.lending import Purpose, borrow
from annotator.inference.models import ModelVersion
from annotator.projects.models import Image
from annotator.suggestions.carry.asked import points_of
from annotator.suggestions.known import Found, point_inside
from export import Rle, rle
from sam_backend import Embedding, Predictor
from sam_backend.amg.filters import stability_scores, visible
from sam_backend.manifest import frame_of
from sam_backend.propagate import CONFIDENT, Propagation, propagate_all
from sam_backend.similarity import mean_embedding
from sam_backend.transforms import FloatArray

STABILITY_OFFSET = 1.0
"""The paper's shift of the threshold for the stability score, in logits."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an object: its mask in the new image (None: there is none), how sure that is (0-1), and what spoke
    against it."""

    found: Found | None
    sure: bool
    confidence: float
    overlap: float
    likeness: float
    contested: bool
    drifted: bool


def embedding_of(image: Image, version: ModelVersion) -> Embedding | None:
    """Return the image's stored embedding, or None. Raises ValueError when the blob is damaged."""
    return stored_embedding(image, version)


def describe(version: ModelVersion, embedding: Embedding, masks: Sequence[Rle]) -> list[FloatArray]:
    """Return what objects of an image look like to the model: a unit vector each. Raises ValueError."""
    frame = frame_of(version.manifest, *embedding.original_size)
    return [mean_embedding(embedding, rle.decode(mask), frame) for mask in masks]


def ask(version: ModelVersion, embedding: Embedding, prompts: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """Return what is where somebody pointed on one image, as the editor would show it. Raises as `follow`."""
    with borrow(version, Purpose.CARRY) as predictor:
        predictor.set_embedding(embedding)
        return [_pointed(predictor, prompt) for prompt in prompts]


def follow(
    version: ModelVersion, source: Embedding, masks: Sequence[Rle], target: Embedding, firsts: Sequence[FloatArray]
) -> list[Answer]:
    """Find objects of the source image in the target image, in order; `firsts` says what they looked like where their
    chains began.

    Raises FileNotFoundError, and ValueError when the model's package is broken or an embedding is another model's."""
    with borrow(version, Purpose.CARRY) as predictor:
        answers = propagate_all(predictor, source, [rle.decode(mask) for mask in masks], target, firsts)
        return [_answer(answer, predictor.manifest.decoder.mask_threshold) for answer in answers]


def _pointed(predictor: Predictor, prompt: Mapping[str, Any]) -> Answer:
    points, labels = points_of(prompt)
    answer = predictor.predict(points or None, labels or None, prompt["box"])
    score, mask = min(max(float(answer.scores[answer.best]), 0.0), 1.0), rle.encode(answer.mask())
    if not rle.area(mask):
        return Answer(None, False, score, 0.0, 0.0, contested=False, drifted=False)
    shown = visible(answer.logits[answer.best][None], answer.frame)
    stability = float(stability_scores(shown, answer.threshold, STABILITY_OFFSET)[0])
    found = Found(mask, score, stability, point_inside(mask), (0, 0, answer.frame.width, answer.frame.height))
    return Answer(found, True, score, 0.0, 1.0, contested=False, drifted=False)


def _answer(answer: Propagation, threshold: float) -> Answer:
    return Answer(
        _found(answer, threshold) if answer.mask.any() else None, answer.sure, answer.confidence, answer.overlap,
        answer.likeness, answer.contested, answer.confidence >= CONFIDENT and answer.drifted,
    )  # fmt: skip


def _found(answer: Propagation, threshold: float) -> Found:
    mask = rle.encode(answer.mask)
    stability = float(stability_scores(answer.logits[None], threshold, STABILITY_OFFSET)[0])
    height, width = answer.mask.shape
    return Found(mask, answer.predicted_iou, stability, point_inside(mask), (0, 0, width, height))

"""What the decoder's answers and the embedding say of one image, before anybody has worked on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sam_backend.amg.filters import stability_scores
from sam_backend.embedding import Embedding
from sam_backend.predictor import Predictor
from sam_backend.transforms import FloatArray

SIDE = 6
"""Points asked per side."""
OFFSET = 1.0
"""Of the logits, for stability (Kirillov et al. 2023, appendix B)."""


@dataclass(frozen=True)
class Outlook:
    """One image.

    Attributes:
        disagreement: 1 - the mean IoU of each two of the three candidates, mean over points, 0-1.
        gap: how far the predicted IoU of the best candidate is from its stability, mean over points, 0-1.
        place: what the image looks like to the encoder: float32 [C], of unit length.
    """

    disagreement: float
    gap: float
    place: FloatArray


def outlook(predictor: Predictor, embedding: Embedding, side: int = SIDE) -> Outlook:
    """Asks side x side points, spread evenly; raises ValueError for an embedding of another model."""
    predictor.set_embedding(embedding)
    height, width = embedding.original_size
    middles = (np.arange(side) + 0.5) / side
    disagreement, gap = [], []
    for y in middles * height:
        for x in middles * width:
            answer = predictor.predict(points=[(x, y)], labels=[1])
            candidates, scores = answer.logits[1:], answer.scores[1:]
            disagreement.append(1 - _alike(candidates > answer.threshold))
            best = int(scores.argmax())
            stable = stability_scores(candidates[best][None], answer.threshold, OFFSET)[0]
            gap.append(abs(float(np.clip(scores[best], 0, 1)) - float(stable)))
    return Outlook(float(np.mean(disagreement)), float(np.mean(gap)), place_of(predictor, embedding))


def place_of(predictor: Predictor, embedding: Embedding) -> FloatArray:
    """The mean of the smallest map's features and their spread over the image, without padding, of unit length."""
    features = min((tensor[0] for tensor in embedding.tensors.values() if tensor.ndim == 4), key=lambda t: t.shape[-1])
    rows, columns = predictor.frame(embedding).cells(features.shape[-1])
    inside = features[:, :rows, :columns].reshape(len(features), -1).astype(np.float64)
    whole = np.concatenate([inside.mean(1), inside.std(1)])
    return np.asarray(whole / (np.linalg.norm(whole) + 1e-9), np.float32)


def _alike(masks: npt.NDArray[np.bool_]) -> float:
    """Mean IoU of each two of three masks [3, m, m]; two empty ones are alike."""
    flat = masks.reshape(len(masks), -1).astype(np.float32)
    both = flat @ flat.T
    either = flat.sum(1)[:, None] + flat.sum(1)[None] - both
    pairs = np.triu_indices(len(masks), 1)
    return float(np.where(either[pairs] > 0, both[pairs] / np.maximum(either[pairs], 1), 1).mean())

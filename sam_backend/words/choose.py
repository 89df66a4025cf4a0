"""What of a model's queries counts as found, and their masks at image size: SAM 3's rule, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from sam_backend.phrases import Seen
from sam_backend.postprocess import upsample_mask
from sam_backend.transforms import Frame

OFFSET = 1.0
"""Of the threshold, in logits, for the stability score (Segment Anything, appendix B)."""


def scores_of(match: Tensor, presence: Tensor | None) -> Tensor:
    """Scores [Q], 0 to 1, of the queries' logits [Q]: how well each matches, times whether the picture has any (logit
    [1], SAM 3's presence token)."""
    scores = match.sigmoid()
    return scores if presence is None else scores * presence.sigmoid()


def chosen(scores: Tensor, logits: Tensor, threshold: float, nms: float | None) -> list[int]:
    """The queries with a score above `threshold`, best first. Of masks (logits [Q, m, m] above 0) that overlap a better
    one with an IoU above `nms` none is left; None keeps them all, as SAM 3 does for a single picture. In videos it
    suppresses from 0.1."""
    ranked = [int(query) for query in torch.argsort(scores, descending=True, stable=True) if scores[query] > threshold]
    if nms is None:
        return ranked
    masks = {query: (logits[query] > 0).flatten() for query in ranked}
    kept: list[int] = []
    for query in ranked:
        if all(_iou(masks[query], masks[better]) <= nms for better in kept):
            kept.append(query)
    return kept


def masks_of(queries: list[int], scores: Tensor, logits: Tensor, height: int, width: int) -> Iterator[Seen]:
    """The masks of these queries, one at a time: probabilities of logits [Q, m, m], bilinear to the picture's size,
    above one half."""
    frame = Frame(height, width, logits.shape[-1], stretched=True)
    for query in queries:
        small = logits[query].float().cpu()
        mask = upsample_mask(small.sigmoid().numpy(), frame, 0.5)
        yield Seen(mask, min(max(float(scores[query]), 0.0), 1.0), _stability(small))


def _stability(logits: Tensor) -> float:
    """IoU of the map cut above and below the threshold (Segment Anything, appendix B)."""
    inner, outer = int((logits > OFFSET).sum()), int((logits > -OFFSET).sum())
    return inner / max(outer, 1)


def _iou(one: Tensor, other: Tensor) -> float:
    both, either = int((one & other).sum()), int((one | other).sum())
    return both / either if either else 0.0

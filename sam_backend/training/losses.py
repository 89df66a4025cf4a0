"""SAM's losses (paper, appendix A "Losses"): focal and dice 20:1, best of three masks, IoU by mean squared error."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

FOCAL_GAMMA = 2.0
"""Lin et al. 2017, as used by the paper."""
FOCAL_ALPHA = 0.25
"""Lin et al. 2017; applied to both classes alike (ours): masks are no rare class here, and weighting
foreground three times lower than background started training on a plateau of empty masks."""


@dataclass(frozen=True)
class LossTerms:
    """One decoding round.

    Attributes:
        total: scalar to back-propagate.
        focal, dice, iou_error: scalars, unweighted, for the log.
        best: int64 [N], index 0-2 of the candidate that received the loss.
        true_iou: float32 [N, 4], measured IoU of each mask with the truth.
    """

    total: Tensor
    focal: Tensor
    dice: Tensor
    iou_error: Tensor
    best: Tensor
    true_iou: Tensor


def focal_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Focal loss per mask: logits and target float [..., P] (target 0-1), result [...]."""
    probability = logits.sigmoid()
    bce = F.softplus(logits) - logits * target
    return FOCAL_ALPHA * ((probability - target).abs().pow(FOCAL_GAMMA) * bce).mean(-1)


def dice_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Dice loss per mask (Milletari et al. 2016) with one pixel of smoothing; shapes as `focal_loss`."""
    probability = logits.sigmoid()
    overlap = (probability * target).sum(-1)
    return 1 - (2 * overlap + 1) / (probability.sum(-1) + target.sum(-1) + 1)


def measured_iou(logits: Tensor, target: Tensor) -> Tensor:
    """IoU of `logits > 0` with `target > 0.5` along the last axis; two empty masks count as 1."""
    prediction, truth = logits > 0, target > 0.5
    union = (prediction | truth).sum(-1)
    overlap = (prediction & truth).sum(-1)
    return torch.where(union > 0, overlap / union.clamp(min=1), torch.ones_like(overlap, dtype=torch.float32))


def mask_losses(
    logits: Tensor,
    predicted_iou: Tensor,
    target: Tensor,
    *,
    focal_weight: float,
    dice_weight: float,
    iou_weight: float,
    single: Tensor,
    swap: Tensor | None = None,
) -> LossTerms:
    """Losses of one decoding round.

    Args:
        logits: [N, 4, m, m]; index 0 is the unambiguous mask, 1-3 the candidates.
        predicted_iou: [N, 4].
        target: float [N, m, m], 0-1.
        single: bool [N], where the unambiguous mask gets a loss too (paper: with more than one prompt).
        swap: int64 [N], candidate index to train instead of the best where it is not negative.
    """
    flat, truth = logits.flatten(2).float(), target.flatten(1).float()[:, None]
    focal, dice = focal_loss(flat, truth), dice_loss(flat, truth)
    each = focal_weight * focal + dice_weight * dice
    with torch.no_grad():
        true_iou = measured_iou(flat, truth)
        best = each[:, 1:].argmin(1)
        if swap is not None:
            best = torch.where(swap >= 0, swap, best)
    rows = torch.arange(len(best), device=best.device)
    mask_term = torch.cat([each[rows, 1 + best], each[single, 0]]).mean()
    iou_error = (predicted_iou.float() - true_iou).square().mean()
    total = mask_term + iou_weight * iou_error
    chosen = focal[rows, 1 + best], dice[rows, 1 + best]
    return LossTerms(total, chosen[0].mean().detach(), chosen[1].mean().detach(), iou_error.detach(), best, true_iou)

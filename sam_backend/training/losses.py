"""SAM's losses (paper, appendix A "Losses"): focal and dice 20:1, best of three masks, IoU by mean squared error."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

FOCAL_GAMMA = 2.0
"""Lin et al. 2017, as used by the paper."""
FOCAL_ALPHA = 0.25
"""Lin et al. 2017; applied to both classes alike (ours): masks are no rare class here, and weighting
foreground three times lower than background started training on a plateau of empty masks."""

ORDER_SHARPNESS = 20.0
"""Candidates whose predicted IoUs differ by 0.05 are told apart as by odds of e to 1."""


@dataclass(frozen=True)
class LossTerms:
    """One decoding round.

    Attributes:
        total: scalar to back-propagate.
        focal, dice, iou_error, order: scalars, unweighted, for the log.
        best: int64 [N], index 0-2 of the candidate that received the loss.
        true_iou: float32 [N, 4], measured IoU of each mask with the truth.
    """

    total: Tensor
    focal: Tensor
    dice: Tensor
    iou_error: Tensor
    order: Tensor
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


def order_loss(predicted: Tensor, measured: Tensor) -> Tensor:
    """Mean IoU lost by choosing among [N, K] candidates by their predicted IoU, with a soft choice (ours)."""
    chosen = (predicted * ORDER_SHARPNESS).softmax(-1)
    return (measured.amax(-1) - (chosen * measured).sum(-1)).mean()


def mask_losses(
    logits: Tensor,
    predicted_iou: Tensor,
    target: Tensor,
    *,
    focal_weight: float,
    dice_weight: float,
    iou_weight: float,
    rank_weight: float = 0.0,
    single: Tensor,
    swap: Tensor | None = None,
    others: Tensor | None = None,
    others_weight: float = 0.0,
) -> LossTerms:
    """Losses of one decoding round.

    Args:
        logits: [N, 4, m, m]; index 0 is the unambiguous mask, 1-3 the candidates.
        predicted_iou: [N, 4].
        target: float [N, m, m], 0-1.
        single: bool [N], where the unambiguous mask gets a loss too (paper: with more than one prompt).
        swap: int64 [N], candidate index to train instead of the best where it is not negative.
        others: float [N, 2, m, m], what else the prompt may have meant (empty: nothing); each trains a candidate of
            its own, with weight `others_weight`.
    """
    flat, truth = logits.flatten(2).float(), target.flatten(1).float()
    rows = torch.arange(len(target), device=target.device)
    meant = truth[:, None] if others is None else torch.cat([truth[:, None], others.flatten(2).float()], 1)
    with torch.no_grad():
        true_iou = measured_iou(flat, truth[:, None])
        candidate, given = assigned(flat[:, 1:], meant, others_weight)
        if swap is not None:
            moved = (swap >= 0) & (given.sum(1) == 1)
            candidate[:, 0] = torch.where(moved, swap, candidate[:, 0])
    best = candidate[:, 0]
    trained, wanted = [flat[rows, 1 + best], flat[single, 0]], [truth, truth[single]]
    weight = torch.ones(len(rows) + len(wanted[1]), device=target.device)
    for index in range(1, meant.shape[1]):
        there = given[:, index]
        trained.append(flat[there, 1 + candidate[there, index]])
        wanted.append(meant[there, index])
        weight = torch.cat([weight, weight.new_full((len(wanted[-1]),), others_weight)])
    pixels, truths = torch.cat(trained), torch.cat(wanted)
    focal, dice = focal_loss(pixels, truths), dice_loss(pixels, truths)
    mask_term = ((focal_weight * focal + dice_weight * dice) * weight).sum() / weight.sum()
    iou_error = (predicted_iou.float() - true_iou).square().mean()
    order = order_loss(predicted_iou[:, 1:].float(), true_iou[:, 1:])
    total = mask_term + iou_weight * iou_error + rank_weight * order
    count = len(rows)
    return LossTerms(
        total, focal[:count].mean().detach(), dice[:count].mean().detach(), iou_error.detach(), order.detach(), best,
        true_iou,
    )  # fmt: skip


def assigned(logits: Tensor, meant: Tensor, others_weight: float) -> tuple[Tensor, Tensor]:
    """Which candidate each of up to three meanings trains, so that the sum of their soft Dice is largest.

    Args:
        logits: [N, 3, P].
        meant: [N, T, P], 0-1; the first is what was asked for, an empty one is none.

    Returns:
        int64 [N, T] of candidates, no two alike in a row, and bool [N, T] of which meanings there are.
    """
    probability = logits.sigmoid()
    size = meant.sum(-1)
    given = size > 0
    given[:, 0] = True
    overlap = probability @ meant.transpose(1, 2)  # [N, 3, T]
    dice = (2 * overlap + 1) / (probability.sum(-1)[..., None] + size[:, None] + 1)
    weight = torch.cat([given[:, :1].float(), given[:, 1:].float() * others_weight], 1)
    count = meant.shape[1]
    orders = torch.tensor(list(itertools.permutations(range(3), count)), device=logits.device)  # [O, T]
    value = torch.stack([(dice[:, order, torch.arange(count)] * weight).sum(1) for order in orders], 1)
    return orders[value.argmax(1)], given

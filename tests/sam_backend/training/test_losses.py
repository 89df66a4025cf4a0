from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch")

from sam_backend.training.losses import dice_loss, focal_loss, mask_losses, measured_iou  # noqa: E402
from sam_backend.training.prompts import error_point  # noqa: E402


def test_a_sure_and_right_mask_costs_nothing():
    target = torch.tensor([[0.0, 1.0, 1.0, 0.0]])
    logits = (target * 2 - 1) * 50
    assert focal_loss(logits, target).item() == pytest.approx(0, abs=1e-6)
    assert dice_loss(logits, target).item() == pytest.approx(0, abs=1e-6)


def test_focal_by_hand_at_even_odds():
    logits, target = torch.zeros(1, 4), torch.tensor([[1.0, 0.0, 0.0, 1.0]])
    assert focal_loss(logits, target).item() == pytest.approx(0.25 * 0.25 * math.log(2))
    assert dice_loss(logits, target).item() == pytest.approx(1 - (2 * 1.0 + 1) / (2 + 2 + 1))


def test_measured_iou_of_empty_masks_is_one():
    assert measured_iou(torch.full((1, 4), -1.0), torch.zeros(1, 4)).item() == 1
    assert measured_iou(torch.full((1, 4), 1.0), torch.tensor([[1.0, 0, 0, 0]])).item() == pytest.approx(0.25)


def test_only_the_best_candidate_and_wanted_single_mask_get_gradients():
    target = torch.zeros(2, 4, 4)
    target[:, :2] = 1
    logits = torch.zeros(2, 4, 4, 4)
    logits[0, 2, :2] = 3.0
    logits[1, 3, :2] = 3.0
    logits.requires_grad_()
    terms = mask_losses(
        logits, torch.zeros(2, 4), target, focal_weight=20, dice_weight=1, iou_weight=0,
        single=torch.tensor([False, True]),
    )  # fmt: skip
    terms.total.backward()
    touched = logits.grad.abs().flatten(2).sum(-1) > 0
    assert terms.best.tolist() == [1, 2]
    assert touched.tolist() == [[False, False, True, False], [True, False, False, True]]


def test_the_next_click_lies_in_the_error_and_says_which_kind():
    target = torch.zeros(2, 16, 16)
    target[:, 4:12, 4:12] = 1
    logits = torch.full((2, 16, 16), -1.0)
    logits[1] = 1.0
    points, labels = error_point(logits, target, 64, torch.Generator().manual_seed(0))
    assert labels[:, 0].tolist() == [1, 0]
    x, y = (points[0, 0] / 4).long().tolist()
    assert target[0, y, x] == 1
    x, y = (points[1, 0] / 4).long().tolist()
    assert target[1, y, x] == 0


def test_a_perfect_mask_gets_a_padding_point():
    target = torch.zeros(1, 8, 8)
    target[:, :4] = 1
    _, labels = error_point(target * 2 - 1, target, 32, torch.Generator().manual_seed(0))
    assert labels.item() == -1

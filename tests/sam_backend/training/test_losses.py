from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from sam_backend.training.losses import assigned, dice_loss, focal_loss, mask_losses, measured_iou, order_loss  # noqa: E402
from sam_backend.training.prompts import error_point  # noqa: E402


def test_a_sure_and_right_mask_costs_nothing() -> None:
    target = torch.tensor([[0.0, 1.0, 1.0, 0.0]])
    logits = (target * 2 - 1) * 50
    assert focal_loss(logits, target).item() == pytest.approx(0, abs=1e-6)
    assert dice_loss(logits, target).item() == pytest.approx(0, abs=1e-6)


def test_focal_by_hand_at_even_odds() -> None:
    logits, target = torch.zeros(1, 4), torch.tensor([[1.0, 0.0, 0.0, 1.0]])
    assert focal_loss(logits, target).item() == pytest.approx(0.25 * 0.25 * math.log(2))
    assert dice_loss(logits, target).item() == pytest.approx(1 - (2 * 1.0 + 1) / (2 + 2 + 1))


def test_measured_iou_of_empty_masks_is_one() -> None:
    assert measured_iou(torch.full((1, 4), -1.0), torch.zeros(1, 4)).item() == 1
    assert measured_iou(torch.full((1, 4), 1.0), torch.tensor([[1.0, 0, 0, 0]])).item() == pytest.approx(0.25)


def test_only_the_best_candidate_and_wanted_single_mask_get_gradients() -> None:
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


def test_each_meaning_of_a_click_trains_a_candidate_of_its_own() -> None:
    whole, part = torch.zeros(4, 4), torch.zeros(4, 4)
    whole[:, :3], part[:, :1] = 1, 1
    logits = torch.full((1, 4, 4, 4), -1.0)
    logits[0, 1, :, :3] = 3.0  # the best for both: the whole, which was asked for, keeps it
    logits[0, 3, 0, 0] = 3.0
    logits.requires_grad_()
    terms = mask_losses(
        logits, torch.zeros(1, 4), whole[None], focal_weight=20, dice_weight=1, iou_weight=0,
        single=torch.tensor([False]), others=torch.stack([part, torch.zeros(4, 4)])[None], others_weight=0.5,
    )  # fmt: skip
    terms.total.backward()
    assert terms.best.tolist() == [0]
    assert (logits.grad.abs().flatten(2).sum(-1) > 0).tolist() == [[False, True, False, True]]


@given(st.integers(0, 2**31), st.integers(1, 3))
@settings(max_examples=30)
def test_the_assignment_is_the_best_of_all(seed: int, count: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(3, 3, 12, generator=generator) * 3
    meant = (torch.rand(3, count, 12, generator=generator) < 0.5).float()
    meant[0, 1:] = 0
    candidate, given_ = assigned(logits, meant, 0.7)
    assert given_[0].tolist() == [True] + [False] * (count - 1)
    for row in range(3):

        def value(order: Any, row: Any = row) -> Any:
            p = logits[row].sigmoid()
            return sum(
                (1.0 if t == 0 else 0.7) * float(1 - dice_loss_of(p[c], meant[row, t]))
                for t, c in enumerate(order) if t == 0 or meant[row, t].any()
            )  # fmt: skip

        best = max(value(order) for order in itertools.permutations(range(3), count))
        assert value(candidate[row].tolist()) == pytest.approx(best, abs=1e-5)
        assert len(set(candidate[row].tolist())) == count


def dice_loss_of(probability: Any, truth: Any) -> Any:
    return dice_loss(probability.logit(), truth)


def test_the_order_of_candidates_costs_what_a_soft_choice_loses() -> None:
    measured = torch.tensor([[0.9, 0.5, 0.1]])
    assert order_loss(torch.tensor([[9.0, 0.0, 0.0]]), measured).item() == pytest.approx(0, abs=1e-6)
    assert order_loss(torch.tensor([[0.0, 0.0, 9.0]]), measured).item() == pytest.approx(0.8, abs=1e-6)
    predicted = torch.tensor([[0.5, 0.5, 0.5]], requires_grad=True)
    loss = order_loss(predicted, measured)
    assert loss.item() == pytest.approx(0.9 - 0.5)
    loss.backward()
    assert predicted.grad[0, 0] < 0 < predicted.grad[0, 2]


def test_the_next_click_lies_in_the_error_and_says_which_kind() -> None:
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


def test_a_perfect_mask_gets_a_padding_point() -> None:
    target = torch.zeros(1, 8, 8)
    target[:, :4] = 1
    _, labels = error_point(target * 2 - 1, target, 32, torch.Generator().manual_seed(0))
    assert labels.item() == -1

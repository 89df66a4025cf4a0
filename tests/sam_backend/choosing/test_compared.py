"""What is said of orders: differences to random order, and an interval that knows both chances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sam_backend.tuning.orders import compared

pytestmark = pytest.mark.torch


def rows(better: float, noise: float, seeds: int = 4, masks: int = 30) -> list[dict[str, Any]]:
    """Random order and another one, which takes `better` clicks less."""
    rng = np.random.default_rng(1)
    found = []
    for seed in range(seeds):
        base = rng.normal(6, 2, masks)
        for order, less in (("none", -1.0), ("random", 0.0), ("both", better)):
            clicks = base - less + rng.normal(0, noise, masks)
            scores = [
                {"group": str(at // 3), "noc85": float(value), "miou_1_top": 0.5, "miou_3": 0.6}
                for at, value in enumerate(clicks)
            ]
            found.append({"order": order, "seed": seed, "scores": scores})
    return found


def test_an_order_that_saves_clicks_is_said_to_help() -> None:
    found = compared({"a": rows(1.0, 0.2), "b": rows(1.0, 0.2)}, ["random", "both"])
    both = found["orders"]["both"]["noc85"]
    assert both["difference"] == pytest.approx(-1, abs=0.1)
    assert both["low"] <= both["difference"] <= both["high"] < 0
    assert found["helps"] == ["both"]
    assert found["orders"]["random"]["noc85"]["difference"] == 0


def test_chance_alone_does_not_help() -> None:
    found = compared({"a": rows(0.0, 2.0)}, ["random", "both"])
    both = found["orders"]["both"]["noc85"]
    assert both["low"] < 0 < both["high"]
    assert found["helps"] == []

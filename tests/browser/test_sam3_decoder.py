"""SAM 3's tracker in the browser: its three tensors, its plain and its fast graph, held to Python's plain decoder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import World
from tests.browser.test_fast_decoder import UNTIL_FAST, decoded
from tests.browser.test_hq_decoder import asked, logits_of, plain

pytestmark = pytest.mark.torch


def test_every_prompt_is_answered_by_the_fast_graph_with_the_plain_ones_logits(
    open_sam3_page: Callable[..., Page], sam3_world: World
) -> None:
    """Also while hovering: a stretched picture has no padding, so nothing is left out."""
    page = open_sam3_page()
    page.evaluate(UNTIL_FAST, "noise")
    click = plain(sam3_world, asked(sam3_world, (33, 21)))
    box = plain(sam3_world, asked(sam3_world, (40, 30), box=(10, 5, 70, 55)))
    earlier = click[1]
    page.evaluate("(values) => { window.previous = Float32Array.from(values); }", earlier.ravel().tolist())
    again = plain(sam3_world, asked(sam3_world, (33, 21), mask_input=earlier))
    for prompt, wanted in (
        ("click(33, 21)", click),
        ("{ points: [{ x: 40, y: 30, label: 1 }], box: [10, 5, 70, 55], maskLogits: null }", box),
        ("{ ...click(33, 21), maskLogits: previous, answered: 1 }", again),
        ("click(33, 21)", click),
    ):
        answer = decoded(page, prompt)
        assert answer["path"] == "fast"
        assert wanted.shape == (4, 36, 36)
        assert np.abs(logits_of(answer, wanted) - wanted).max() <= 2e-3 * wanted.std(), prompt
    hover = decoded(page, "click(33, 21)", "{ hover: true }")
    assert np.abs(logits_of(hover, click)[hover["best"]] - click[hover["best"]]).max() <= 2e-3 * click.std()


def test_a_long_prompt_takes_the_plain_graph(open_sam3_page: Callable[..., Page], sam3_world: World) -> None:
    page = open_sam3_page()
    page.evaluate(UNTIL_FAST, "noise")
    points = [(4 + 2 * index, 10 + index) for index in range(30)]
    listed = [{"x": x, "y": y, "label": 1} for x, y in points]
    answer = decoded(page, f"{{ points: {listed}, box: null, maskLogits: null }}")
    wanted = plain(sam3_world, asked(sam3_world, *points))
    assert answer["path"] == "plain"
    assert np.abs(logits_of(answer, wanted) - wanted).max() <= 2e-3 * wanted.std()

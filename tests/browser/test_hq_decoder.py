"""HQ-SAM in the browser: its two tensors, its plain and its fast graph, held against Python's plain decoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from sam_backend.prompts import PromptTensors, build_prompt
from sam_backend.sessions.session import Session
from tests.browser.conftest import World
from tests.browser.test_fast_decoder import NOT_SHOWN, UNTIL_FAST, decoded

pytestmark = pytest.mark.torch


def plain(world: World, prompt: PromptTensors) -> Any:
    """Logits [4, m, m] of the plain graph for the embedding as shipped."""
    decode = Session(world.package.file("decode"), 1)
    return decode.run({**world.embedding("noise").tensors, **prompt.feeds()}, ["logits"])[0][0]


def asked(world: World, *points: tuple[float, float], **more: Any) -> PromptTensors:
    """Positive points, and what else a prompt has."""
    frame, side = world.predictor.frame(world.embedding("noise")), world.package.manifest.decoder.mask_size
    return build_prompt(frame, list(points), [1] * len(points), mask_size=side, **more)


def logits_of(answer: dict[str, Any], wanted: Any) -> Any:
    return np.array(answer["logits"]).reshape(wanted.shape)


def test_every_prompt_is_answered_by_the_fast_graph_with_the_plain_ones_logits(
    open_hq_page: Callable[..., Page], hq_world: World
) -> None:
    page = open_hq_page()
    page.evaluate(UNTIL_FAST, "noise")
    click = plain(hq_world, asked(hq_world, (33, 21)))
    box = plain(hq_world, asked(hq_world, (40, 30), box=(10, 5, 70, 55)))
    earlier = click[1]
    page.evaluate("(values) => { window.previous = Float32Array.from(values); }", earlier.ravel().tolist())
    again = plain(hq_world, asked(hq_world, (33, 21), mask_input=earlier))
    for prompt, wanted in (
        ("click(33, 21)", click),
        ("{ points: [{ x: 40, y: 30, label: 1 }], box: [10, 5, 70, 55], maskLogits: null }", box),
        ("{ ...click(33, 21), maskLogits: previous, answered: 1 }", again),
    ):
        answer = decoded(page, prompt)
        assert answer["path"] == "fast"
        assert np.abs(logits_of(answer, wanted) - wanted).max() <= 2e-3 * wanted.std(), prompt
    hover = decoded(page, "click(33, 21)", "{ hover: true }")
    shown, rows = logits_of(hover, click)[hover["best"]], 28  # 108 of 144 pixels: the photo's last logit is the 27th
    assert np.abs(shown[:rows] - click[hover["best"], :rows]).max() <= 2e-3 * click.std()
    assert (shown[-1] == NOT_SHOWN).all()


def test_a_long_prompt_takes_the_plain_graph(open_hq_page: Callable[..., Page], hq_world: World) -> None:
    page = open_hq_page()
    page.evaluate(UNTIL_FAST, "noise")
    points = [(4 + 2 * index, 10 + index) for index in range(30)]
    listed = [{"x": x, "y": y, "label": 1} for x, y in points]
    answer = decoded(page, f"{{ points: {listed}, box: null, maskLogits: null }}")
    wanted = plain(hq_world, asked(hq_world, *points))
    assert answer["path"] == "plain"
    assert np.abs(logits_of(answer, wanted) - wanted).max() <= 2e-3 * wanted.std()

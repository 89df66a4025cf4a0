"""The fast decoder as the worker drives it, held against Python's plain decoder."""
# ruff: noqa: E501  (expressions for the page are kept in one line)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from sam_backend.prompts import build_prompt
from tests.browser.conftest import World

pytestmark = pytest.mark.torch

NOT_SHOWN = -32
"""Logits that the fast graph leaves out while hovering, beyond the picture."""
UNTIL_FAST = """async (photo) => {
  await decoder.openImage(photos[photo]);
  while ((await decoder.ask(click(20, 20))).path !== 'fast') await new Promise(requestAnimationFrame);
}"""


def plain(world: World, **prompt: Any) -> Any:
    world.predictor.set_embedding(world.embedding("noise"))
    return world.predictor.predict(**prompt)


def decoded(page: Page, prompt: str, options: str = "{}") -> dict[str, Any]:
    answer: dict[str, Any] = page.evaluate(
        f"decoder.ask({prompt}, {options}).then(({{ path, best, candidates }}) => ({{ path, best, scores: candidates.map((one) => one.score), logits: candidates.map((one) => [...(one.raw ?? one.logits)]) }}))"
    )
    return answer


def close(found: dict[str, Any], wanted: Any) -> bool:
    logits = np.array(found["logits"]).reshape(wanted.logits.shape)
    return bool(np.abs(logits - wanted.logits).max() <= 2e-3 * wanted.logits.std()) and found["best"] == wanted.best


def test_prompts_are_answered_by_the_fast_graph_with_the_plain_ones_logits(
    open_sam_page: Callable[..., Page], sam_world: World
) -> None:
    page = open_sam_page()
    page.evaluate(UNTIL_FAST, "noise")
    click = decoded(page, "click(33, 21)")
    assert click["path"] == "fast"
    assert close(click, plain(sam_world, points=[(33, 21)], labels=[1]))
    box = decoded(page, "{ points: [{ x: 5, y: 50, label: 0 }], box: [10, 5, 70, 55], maskLogits: null }")
    assert box["path"] == "fast"
    assert close(box, plain(sam_world, points=[(5, 50)], labels=[0], box=(10, 5, 70, 55)))


def test_a_mask_prompt_takes_the_fast_graph_too(open_sam_page: Callable[..., Page], sam_world: World) -> None:
    page = open_sam_page()
    page.evaluate(UNTIL_FAST, "noise")
    first = plain(sam_world, points=[(33, 21)], labels=[1])
    page.evaluate(
        "(values) => { window.previous = Float32Array.from(values); }", first.logits[first.best].ravel().tolist()
    )
    # No point is new to that mask: what the decoder itself says, without what earlier points settled.
    again = decoded(page, "{ ...click(33, 21), maskLogits: previous, answered: 1 }")
    assert again["path"] == "fast"
    prompt = build_prompt(first.frame, [(33, 21)], [1], None, first.logits[first.best], len(first.logits[0]))
    (logits,), _ = sam_world.predictor.decode(sam_world.embedding("noise"), prompt)
    assert close(again, replace(first, logits=logits, best=0))


def test_a_long_prompt_takes_the_plain_graph(open_sam_page: Callable[..., Page], sam_world: World) -> None:
    page = open_sam_page()
    page.evaluate(UNTIL_FAST, "noise")
    points = [(4 + 2 * index, 10 + index) for index in range(30)]
    asked = "{ points: " + str([{"x": x, "y": y, "label": 1} for x, y in points]) + ", box: null, maskLogits: null }"
    answer = decoded(page, asked)
    assert answer["path"] == "plain"
    assert close(answer, plain(sam_world, points=points, labels=[1] * len(points)))


def test_a_guard_that_is_too_low_sends_the_prompt_to_the_plain_graph(
    open_sam_page: Callable[..., Page], sam_world: World
) -> None:
    page = open_sam_page()
    page.evaluate("decoder.options.model.manifest.graphs.decode_fast.min_guard = 2")
    page.evaluate("decoder.openImage(photos.noise)")
    page.evaluate("decoder.ask(click(20, 20))")
    answer = decoded(page, "click(33, 21)")
    assert answer["path"] == "plain"
    assert close(answer, plain(sam_world, points=[(33, 21)], labels=[1]))


def test_the_shipped_models_fast_graphs_borrow_the_plain_ones_weights(
    open_page: Callable[..., Page], world: World
) -> None:
    page = open_page()
    page.evaluate(UNTIL_FAST, "cat")
    embedding = world.embedding("cat")
    prompt = build_prompt(world.predictor.frame(embedding), [[230, 160]], [1])
    logits, _ = world.predictor.decode(embedding, prompt)
    click = decoded(page, "click(230, 160)")
    assert click["path"] == "fast"
    found = np.array(click["logits"]).reshape(logits[0].shape)
    assert np.abs(found - logits[0]).max() <= 2e-3 * logits.std()
    hover = decoded(page, "click(230, 160)", "{ hover: true }")
    assert (hover["path"], hover["best"]) == ("fast", click["best"])
    shown, best = np.array(hover["logits"]).reshape(found.shape), hover["best"]
    rows = -(-world.predictor.frame(embedding).scaled_height // 2)  # of the logits, which the picture reaches
    assert np.abs(shown - found)[best, : rows + 1].max() <= 2e-3 * logits.std()
    assert (shown[best, -1] == NOT_SHOWN).all()


def test_webgpu_is_taken_only_when_it_is_right_and_quicker(
    open_sam_page: Callable[..., Page], sam_world: World
) -> None:
    # The small SAM: a software renderer takes a minute for the shipped model's graphs, and the rules are the same.
    page = open_sam_page("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan")
    if not page.evaluate("navigator.gpu && navigator.gpu.requestAdapter().then(Boolean)"):
        pytest.skip("this Chromium offers no WebGPU adapter, not even in software")
    page.evaluate("decoder.openImage(photos.noise)")
    backend = page.evaluate("tryGpu({ software: true })")
    assert backend in {"wasm", "webgpu"}
    status = page.evaluate("decoder.status")
    assert status["backend"] == backend
    remembered = page.evaluate("localStorage.getItem('maskwright-gpu-trial:model')").split("\n")
    if backend == "wasm":
        assert remembered == ["wasm", status["gpu"]["short"], status["gpu"]["detail"]]
        assert status["gpu"]["short"] in {"WebGPU slower", "WebGPU no quicker", "WebGPU inexact"}
    else:
        assert (remembered, status["gpu"]) == (["webgpu"], None)
    assert close(decoded(page, "click(33, 21)"), plain(sam_world, points=[(33, 21)], labels=[1]))

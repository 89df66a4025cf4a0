"""The decoder worker in a real Chromium, held against the Python predictor on the same blobs."""
# ruff: noqa: E501  (expressions for the page are kept in one line)

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page
from pycocotools import mask as coco_mask

from tests.browser.conftest import World, prepare

ON_THE_CAT = (230, 160)


def bitmap(rle: dict[str, Any]) -> np.ndarray:
    return coco_mask.decode(rle).astype(bool)


def iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def expected(world: World, name: str, **prompt: Any) -> np.ndarray:
    world.predictor.set_embedding(world.embedding(name))
    return world.predictor.predict(**prompt).mask()


@pytest.mark.parametrize("isolated", [True, False], ids=["threads", "one thread"])
def test_a_click_gives_the_mask_that_python_gives(open_page: Callable[..., Page], world: World, isolated: bool) -> None:
    page = open_page(isolated=isolated)
    page.evaluate("decoder.openImage(photos.cat)")
    found = bitmap(page.evaluate("mask(click(230, 160))"))
    wanted = expected(world, "cat", points=[ON_THE_CAT], labels=[1])
    assert (found != wanted).sum() <= 5  # a logit within rounding of the threshold
    status = page.evaluate("decoder.status")
    assert status["state"] == "ready"
    assert (status["threads"] > 1) == (isolated and page.evaluate("navigator.hardwareConcurrency") > 1)


def test_boxes_points_and_fed_back_logits_agree_with_python(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    page.evaluate("decoder.openImage(photos.cat)")
    box = bitmap(
        page.evaluate("mask({ points: [{ x: 20, y: 20, label: 0 }], box: [60, 20, 420, 290], maskLogits: null })")
    )
    assert (box != expected(world, "cat", points=[(20, 20)], labels=[0], box=(60, 20, 420, 290))).sum() <= 5
    page.evaluate("decoder.ask(click(230, 160)).then((first) => { window.first = first; })")
    again = "mask({ points: [{ x: 230, y: 160, label: 1 }, { x: 100, y: 30, label: 0 }], box: null, maskLogits: first.candidates[first.best].raw ?? first.candidates[first.best].logits })"
    world.predictor.set_embedding(world.embedding("cat"))
    first = world.predictor.predict(points=[ON_THE_CAT], labels=[1])
    wanted = expected(world, "cat", points=[ON_THE_CAT, (100, 30)], labels=[1, 0], mask_input=first.logits[first.best])
    assert (bitmap(page.evaluate(again)) != wanted).sum() <= 5


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("cat", {"points": [(230, 160)], "labels": [1]}),
    ("cat", {"points": [(400, 40)], "labels": [1]}),
    ("cat", {"points": [(230, 160), (120, 120)], "labels": [1, 1]}),
    ("cat", {"points": [(230, 160), (120, 120), (420, 280)], "labels": [1, 1, 0]}),
    ("cat", {"points": [(20, 20)], "labels": [0], "box": (60, 20, 420, 290)}),
    ("cat", {"box": (150, 60, 300, 200)}),
    ("moved", {"points": [(10, 290)], "labels": [1]}),
    ("corner", {"points": [(130, 140)], "labels": [1]}),
    ("corner", {"points": [(130, 140), (10, 10)], "labels": [1, 0]}),
]


def test_every_mask_of_an_answer_is_stored_as_python_measures_it(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    for name, asked in ASKED:
        points = [{"x": x, "y": y, "label": label} for (x, y), label in _clicks(asked)]
        prompt = {"points": points, "box": asked.get("box"), "maskLogits": None}
        page.evaluate("(id) => decoder.openImage({ ...photos.cat, ...photos[id] })", name)
        stored = page.evaluate(
            "(prompt) => decoder.ask(prompt).then(({ candidates, best }) => Promise.all(candidates.map((one) => decoder.toRle(one))).then((rles) => ({ rles, best })))",
            prompt,
        )
        world.predictor.set_embedding(world.embedding(name))
        measured = world.predictor.predict(**asked)
        assert stored["best"] == measured.best
        # A logit within rounding of the threshold may fall on either side of it.
        wrong = [int((bitmap(rle) != mask).sum()) for rle, mask in zip(stored["rles"], measured.masks, strict=True)]
        assert max(wrong) <= 8, (name, asked, wrong)


def _clicks(asked: dict[str, Any]) -> list[tuple[tuple[int, int], int]]:
    return list(zip(asked.get("points", []), asked.get("labels", []), strict=True))


def test_a_finished_mask_becomes_a_prompt_that_keeps_it(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    page.evaluate("decoder.openImage(photos.cat)")
    rle = page.evaluate("mask(click(230, 160)).then((rle) => { window.rle = rle; return rle; })")
    refined = page.evaluate("decoder.logitsFromRle(rle).then((maskLogits) => mask({ ...click(230, 160), maskLogits }))")
    assert iou(bitmap(rle), bitmap(refined)) > 0.85


def test_a_killed_worker_is_replaced_under_the_click(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    page.evaluate("decoder.openImage(photos.cat)")
    before = page.evaluate("mask(click(230, 160))")
    # The worker's own end, as a crash would bring it: a script error nobody catches.
    page.evaluate("decoder.host.link.worker.onerror({ message: 'out of memory' })")
    assert page.evaluate("mask(click(230, 160))") == before
    assert any("started again" in sentence for sentence in page.evaluate("said"))


def test_a_worker_that_hangs_is_replaced(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    page.evaluate("decoder.openImage(photos.cat)")
    before = page.evaluate("mask(click(230, 160))")
    page.evaluate("""() => {
      window.hung = decoder.host.link;
      hung.worker.postMessage = () => {};
      hung.ask('rle', {}, 50).catch(() => {});
    }""")
    page.wait_for_function("() => !hung.alive && decoder.host.link !== hung")
    assert page.evaluate("mask(click(230, 160))") == before


def test_an_embedding_of_another_model_is_refused_with_a_sentence(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    page.evaluate("model = null, decoder.options.model.manifest.encoder_sha256 = 'f'.repeat(64)")
    message = page.evaluate("decoder.openImage(photos.cat).then(() => '', (error) => error.message)")
    assert "another model" in message
    assert page.evaluate("decoder.status.state") == "failed"


def test_a_missing_embedding_says_so_and_comes_when_it_is_there(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    world.refused.add(world.photos["cat"].path)
    try:
        message = page.evaluate("decoder.openImage(photos.cat).then(() => '', (error) => error.message)")
        assert "did not arrive" in message
    finally:
        world.refused.clear()
    page.evaluate("decoder.openImage(photos.cat)")
    assert page.evaluate("decoder.status.state") == "ready"


def test_a_cached_embedding_needs_no_server(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    page.evaluate("decoder.openImage(photos.cat)")
    page.evaluate("decoder.prefetch([photos.moved])")
    page.evaluate("""async () => {
      while (!await caches.match(new URL(photos.moved.embedding.url, location.href))) await new Promise(requestAnimationFrame);
    }""")
    world.refused.update(photo.path for photo in world.photos.values())
    try:
        page.reload()
        prepare(page, world)
        page.evaluate("decoder.openImage(photos.moved)")
        assert page.evaluate("mask(click(230, 160)).then((rle) => rle.size)") == [300, 451]
    finally:
        world.refused.clear()


def test_a_region_answers_in_the_coordinates_of_the_whole_image(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    page.evaluate("decoder.openImage(photos.cat)")
    whole = page.evaluate("mask(click(230, 160))")
    page.evaluate("decoder.openRegion([100, 20, 300, 200], photos.corner.embedding.url)")
    assert page.evaluate("decoder.frame.region") == {"x": 100, "y": 20, "imageWidth": 451, "imageHeight": 300}
    found = bitmap(page.evaluate("mask(click(230, 160))"))
    wanted = np.zeros((300, 451), bool)
    wanted[20:220, 100:400] = expected(world, "corner", points=[(130, 140)], labels=[1])
    assert (found != wanted).sum() <= 5
    page.evaluate("decoder.openRegion(null)")
    assert page.evaluate("mask(click(230, 160))") == whole


def test_an_object_is_found_again_where_it_moved(open_page: Callable[..., Page], world: World) -> None:
    from sam_backend.propagate import propagate

    page = open_page()
    page.evaluate("decoder.openImage(photos.cat)")
    prompt = "{ points: [], box: [70, 20, 420, 290], maskLogits: null }"
    source = bitmap(page.evaluate(f"mask({prompt}).then((rle) => {{ window.rle = rle; return rle; }})"))
    found = page.evaluate(
        "decoder.propagate(rle, photos.cat, photos.moved).then(({ rle, confidence, sure }) => ({ rle, confidence, sure }))"
    )
    wanted = propagate(world.predictor, world.embedding("cat"), source, world.embedding("moved"))
    assert found["confidence"] == pytest.approx(wanted.confidence, abs=0.02)
    assert iou(bitmap(found["rle"]), wanted.mask) > 0.9


def test_a_hundred_megapixels_become_a_mask_without_a_bitmap(open_page: Callable[..., Page], world: World) -> None:
    page = open_page()
    page.evaluate("decoder.openImage(photos.cat)")
    rle = page.evaluate("""async () => {
      const { candidates, best } = await decoder.ask(click(230, 160));
      decoder.frames.set(candidates[best], { ...decoder.frame, width: 12288, height: 8174, scaledHeight: 341, scaledWidth: 512 });
      return decoder.toRle(candidates[best]);
    }""")
    assert rle["size"] == [8174, 12288]
    small = bitmap(page.evaluate("mask(click(230, 160))"))
    share = coco_mask.area(rle) / (8174 * 12288)
    assert share == pytest.approx(small.mean(), abs=0.01)


def test_a_gpu_that_cannot_be_had_changes_nothing(open_page: Callable[..., Page], world: World) -> None:
    page = open_page("--disable-gpu")
    page.evaluate("decoder.openImage(photos.cat)")
    assert page.evaluate("tryGpu()") == "wasm"
    assert page.evaluate("decoder.status.gpu.short") == "no WebGPU"

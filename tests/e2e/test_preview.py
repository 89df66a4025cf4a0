"""What the person sees while prompting is what is stored, pixel by pixel, and what the library measures."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import expect
from pycocotools import mask as coco_mask

from sam_backend import Embedding, Predictor, compact_package_path, load_package
from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "astronaut.png"
FACE, SUIT, BACKGROUND = (225, 115), (225, 330), (420, 150)
BOX = (140, 20, 310, 215)
OUTLINE = 3
"""Image pixels next to an edge that the outline of the preview may cover."""
ROUNDING = 10
"""Pixels of a mask that float arithmetic may decide otherwise in another runtime."""

Mask = npt.NDArray[np.bool_]

LISTEN = """
(() => {
  // Notes what the decoder is given to store, which is the candidate that was shown.
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message, ...rest) {
    if (message.type === 'rle') window.committed = { logits: message.logits, frame: message.frame };
    return postMessage.call(this, message, ...rest);
  };
})();
"""
SAMPLE = """async ({ address, columns, rows }) => {
  const { sampleRuns } = await import(address);
  return [...sampleRuns(window.committed.logits, window.committed.frame, { x0: 0, y0: 0, cell: 1, columns, rows })];
}"""
CANVAS = "() => document.querySelector('canvas.layer-candidate').toDataURL('image/png')"


def preview_rule(editor: Editor, size: tuple[int, int]) -> Mask:
    """The mask [h, w] that the preview's own rule makes of the stored candidate."""
    rows, columns = size
    address = editor.page.evaluate("new URL('view/upsample.js', document.querySelector('script[src*=main]').src).href")
    runs = editor.page.evaluate(SAMPLE, {"address": address, "columns": columns, "rows": rows})
    mask = np.zeros(rows * columns, bool)
    for start, end in zip(runs[::2], runs[1::2], strict=True):
        mask[start:end] = True
    return mask.reshape(columns, rows).T


def on_canvas(editor: Editor, size: tuple[int, int]) -> Mask:
    """Whether the preview covers the centre of each image pixel [h, w] on the screen."""
    url = editor.page.evaluate(CANVAS)
    alpha = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGBA"))[..., 3]
    stage = editor.stage.bounding_box()
    assert stage
    (x0, y0), (x1, y1) = editor.at(0.5, 0.5), editor.at(size[1] - 0.5, size[0] - 0.5)
    across = (np.linspace(x0, x1, size[1]) - stage["x"]).astype(int)
    down = (np.linspace(y0, y1, size[0]) - stage["y"]).astype(int)
    return alpha[np.ix_(down, across)] > 0


def away_from_edges(mask: Mask) -> Mask:
    """Pixels whose neighbourhood is all inside or all outside."""
    padded = np.pad(mask, OUTLINE, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (2 * OUTLINE + 1, 2 * OUTLINE + 1))
    return np.asarray(windows.all((2, 3)) | ~windows.any((2, 3)))


@pytest.fixture
def listening(editor: Editor) -> Editor:
    """The photo, with an ear on what is given to the decoder's worker."""
    editor.page.add_init_script(LISTEN)
    editor.page.reload()
    return editor.ready()


def expect_stored_as_shown(editor: Editor, app: App, what: str) -> dict[str, Any]:
    """Finish the prompt; the stored mask is what was on the screen, and exactly what the preview's rule gives."""
    before = {row["id"]: row["revision"] for row in app.annotations(PHOTO)}
    editor.page.mouse.move(*editor.at(1, 1))
    [size] = app.rows("select height, width from projects_image where name = ?", PHOTO)
    shown = on_canvas(editor, (size["height"], size["width"]))
    editor.press("Enter")
    expect(editor.candidates).to_have_count(0)
    editor.expect_objects(max(1, len(before)))
    editor.expect_saved()
    [stored] = [row for row in app.annotations(PHOTO) if before.get(row["id"]) != row["revision"]]
    mask = coco_mask.decode(stored["rle"]).astype(bool)
    assert mask.any(), what
    assert (preview_rule(editor, mask.shape) == mask).all(), what
    sure = away_from_edges(mask)
    assert sure.mean() > 0.5
    assert (shown[sure] == mask[sure]).all(), what
    if what != "a refined mask":
        # A logit within rounding of the threshold may fall on either side of it.
        assert (measured_mask(app, stored) != mask).sum() <= ROUNDING, what
    return stored


def measured_mask(app: App, stored: dict[str, Any]) -> Mask:
    """What the library, which evaluations measure, answers to the same prompt from the same stored embedding."""
    [row] = app.rows(
        "select e.sha256 from inference_embedding e join projects_image i on i.id = e.image_id "
        "where i.name = ? and e.region_key = ''",
        PHOTO,
    )
    predictor = Predictor(load_package(compact_package_path()))
    predictor.set_embedding(Embedding.from_bytes(next(app.var.rglob(row["sha256"])).read_bytes()))
    [asked] = json.loads(stored["prompts"])
    points, fed = asked["points"], None
    for count in range(min(1, len(points)), len(points) + 1):
        some = {"points": [(p["x"], p["y"]) for p in points[:count]], "labels": [p["label"] for p in points[:count]]}
        answer = predictor.predict(**(some if count else {}), box=asked.get("box"), mask_input=fed)
        fed = answer.logits[answer.best]
    [token] = np.flatnonzero(np.abs(answer.scores - stored["predicted_iou"]) < 2e-3)[:1]
    return answer.mask(int(token))


def start_over(editor: Editor) -> None:
    editor.press("Control+z")
    editor.expect_objects(0)
    editor.expect_saved()


def test_a_mask_is_stored_as_it_was_shown(listening: Editor, own: App) -> None:
    editor = listening
    editor.click(*FACE)
    expect_stored_as_shown(editor, own, "one click")
    start_over(editor)

    editor.click(*SUIT)
    editor.press("Tab")
    expect(editor.candidates.get_by_role("radio").nth(1)).to_be_checked()
    expect_stored_as_shown(editor, own, "another candidate than the best")
    start_over(editor)

    editor.drag(*BOX)
    editor.answered()
    expect_stored_as_shown(editor, own, "a box")
    start_over(editor)

    editor.click(*SUIT)
    editor.click(*FACE, negative=True)
    first = expect_stored_as_shown(editor, own, "a point and a negative one")

    editor.objects.first.click()
    editor.press("q")
    expect(editor.options).to_contain_text("Click what is missing or too much")
    editor.click(*FACE)
    refined = expect_stored_as_shown(editor, own, "a refined mask")
    assert refined["id"] == first["id"]
    assert refined["rle"] != first["rle"]

"""The whole way: sign in by the printed link, click on the cat, label, reload, export, compare bit for bit."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import BrowserContext, Page, expect
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from tests.e2e.app import App, enter
from tests.e2e.editor import Editor

CAT = "chelsea-cat.png"
REFERENCE = Path(__file__).resolve().parents[1] / "fixtures" / "cat_reference.json"
CLOSE_ENOUGH = 0.65
"""IoU with the hand-drawn cat from which a person would keep the mask and mend its edge."""
ON_THE_CAT = (225, 150)
CANDIDATES = 3


def iou_with_the_cat(rle: dict[str, object]) -> float:
    drawn = json.loads(REFERENCE.read_text())
    return float(coco_mask.iou([rle], [{"size": drawn["size"], "counts": drawn["counts"]}], [0])[0][0])


def add_cat_by_click(editor: Editor, app: App) -> dict[str, Any]:
    """Click on the cat and label the first of the three candidates that covers it; returns what the server stored."""
    for tabs in range(CANDIDATES):
        editor.click(*ON_THE_CAT)
        editor.press(*["Tab"] * tabs, "1")
        editor.expect_objects(1)
        editor.expect_saved()
        [stored] = app.annotations(CAT)
        if iou_with_the_cat(stored["rle"]) >= CLOSE_ENOUGH:
            return stored
        editor.press("Control+z")
        editor.expect_objects(0)
        editor.expect_saved()
    raise AssertionError("no candidate covers the cat")


def download(page: Page) -> bytes:
    """Make an export on its page and return the file that the browser saved."""
    page.get_by_role("link", name="Export", exact=True).click()
    page.get_by_role("button", name="Make export").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").first.click()
    return waiting.value.path().read_bytes()


def test_from_the_printed_link_to_a_coco_file(
    start_app: Callable[[], App], open_context: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    app = start_app()
    page = open_context().new_page()
    enter(page, app.first_link)
    assert page.evaluate("crossOriginIsolated")

    editor = Editor.open(page, CAT)
    stored = add_cat_by_click(editor, app)
    expect(editor.objects.first).to_contain_text("cat")
    assert stored["label_name"] == "cat"
    assert stored["area"] == coco_mask.area(stored["rle"])

    page.reload()
    editor.ready()
    editor.expect_objects(1)
    expect(editor.objects.first).to_contain_text("cat")
    assert app.annotations(CAT) == [stored], "opening an image changes nothing"

    page.get_by_role("link", name="Back to the project").click()
    with zipfile.ZipFile(io.BytesIO(download(page))) as archive:
        archive.extractall(tmp_path)
    [file] = [path for path in tmp_path.rglob("*.json") if "annotations" in json.loads(path.read_text())]
    exported = COCO(str(file))
    [annotation] = exported.loadAnns(exported.getAnnIds())
    [image] = exported.loadImgs(annotation["image_id"])
    assert image["file_name"].endswith(CAT)
    assert (image["width"], image["height"]) == (451, 300)
    assert exported.loadCats(annotation["category_id"])[0]["name"] == "cat"
    assert np.array_equal(exported.annToMask(annotation), coco_mask.decode(stored["rle"]))
    assert annotation["area"] == stored["area"]
    assert annotation["bbox"] == list(coco_mask.toBbox(stored["rle"]))
    assert annotation["iscrowd"] == 0

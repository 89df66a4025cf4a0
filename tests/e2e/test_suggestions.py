"""Everything mode on a demo photo, judged by keyboard; the export holds what was accepted and nothing else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App, enter
from tests.e2e.editor import Editor
from tests.e2e.test_photo_to_coco import download

pytestmark = pytest.mark.slow

PHOTO = "astronaut.png"
SEARCH_PATIENCE_MS = 240_000
PHOTO_IN = re.compile(r"images/([0-9a-f-]{36})")


def state(editor: Editor) -> tuple[int, int]:
    """Place of the chosen suggestion and how many there are, as the bar says."""
    text = editor.options.get_by_text(re.compile(r"^\d+ / \d+")).inner_text()
    place, total = re.match(r"(\d+) / (\d+)", text).groups()
    return int(place), int(total)


def settled(editor: Editor) -> int:
    """Wait until a decision is through and the list is the server's again; returns how many are left.

    What a new object covers leaves the list a moment after the decision, when the list has been fetched anew."""
    button = editor.options.get_by_role("button", name=re.compile(r"^(Accept|Merge)( \d+)? person"))
    expect(button).to_have_attribute("aria-busy", "false")
    shown = PHOTO_IN.search(editor.page.url)
    assert shown
    address = urljoin(editor.page.url, f"/api/v1/images/{shown[1]}/suggestions/")
    left = len(editor.page.request.get(address).json()["results"])
    expect_left(editor, left)
    return left


def expect_left(editor: Editor, count: int) -> None:
    expect(editor.options.get_by_text(re.compile(rf"^\d+ / {count}\b"))).to_be_visible()


def exported(page: Page) -> list[dict[str, Any]]:
    """The annotations in a fresh export."""
    with zipfile.ZipFile(io.BytesIO(download(page))) as archive:
        files = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
    [coco] = [file for file in files if "annotations" in file]
    return list(coco["annotations"])


def test_search_accept_reject_merge_and_export(
    start_app: Callable[[], App], open_context: Callable[[], BrowserContext]
) -> None:
    app = start_app()
    page = open_context().new_page()
    enter(page, app.first_link)
    editor = Editor.open(page, PHOTO)

    editor.press("Shift+Y")
    expect(page.get_by_text(re.compile(r"\d+ suggestions\. A accepts"))).to_be_visible(timeout=SEARCH_PATIENCE_MS)
    _, found = state(editor)
    assert found >= 8, "the model finds enough on this photo to try every key"
    editor.expect_objects(0)

    for accepted in range(1, 4):
        editor.press("2", "a")
        editor.expect_objects(accepted)
        left = settled(editor)

    editor.press("x")
    expect_left(editor, left - 1)

    # A decision is taken back like anything else, and made again.
    settled(editor)
    editor.press("Control+z")
    expect_left(editor, left)
    settled(editor)
    editor.press("x")
    expect_left(editor, left - 1)

    # Two more become one object: the chosen one and, marked with the comma key, the next.
    settled(editor)
    editor.press("Tab", ",", "Shift+Tab")
    expect(editor.options.get_by_role("button", name="Merge 2 person")).to_be_enabled()
    editor.press("a")
    editor.expect_objects(4)
    settled(editor)

    editor.expect_saved()
    page.reload()
    editor.ready()
    editor.expect_objects(4)
    stored = app.annotations(PHOTO)
    assert {row["stage"] for row in stored} == {"semi_automatic"}
    assert {row["label_name"] for row in stored} == {"person"}

    page.get_by_role("link", name="Back to the project").click()
    written = exported(page)
    assert sorted(row["segmentation"]["counts"] for row in written) == sorted(row["rle"]["counts"] for row in stored)

"""Points, boxes, candidates, undo: each judged by the mask that reaches the database."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from pycocotools import mask as coco_mask

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "coffee.png"
CUP_BOX = (165, 12, 412, 215)
ON_THE_CUP, BESIDE_THE_CUP = (300, 140), (200, 330)


@pytest.fixture
def editor(kept_editor: Editor) -> Editor:
    """One page for all tests here."""
    return kept_editor


def only(app: App, editor: Editor) -> dict[str, Any]:
    """The one object that the server has, once the page says that it has it."""
    editor.expect_objects(1)
    editor.expect_saved()
    [stored] = app.annotations(PHOTO)
    return stored


def pixel(rle: dict[str, Any], point: tuple[int, int]) -> bool:
    return bool(coco_mask.decode(rle)[point[1], point[0]])


def test_a_box_gives_one_mask_inside_it(editor: Editor, own: App) -> None:
    editor.drag(*CUP_BOX)
    editor.answered()
    editor.press("Enter")
    stored = only(own, editor)
    x, y, width, height = coco_mask.toBbox(stored["rle"])
    assert pixel(stored["rle"], ON_THE_CUP)
    assert x >= CUP_BOX[0] - 25
    assert y >= CUP_BOX[1] - 25
    assert x + width <= CUP_BOX[2] + 25
    assert y + height <= CUP_BOX[3] + 25


def test_a_click_offers_three_candidates_and_tab_walks_through_them(editor: Editor) -> None:
    editor.click(*ON_THE_CUP)
    chips = editor.candidates.get_by_role("radio")
    expect(chips).to_have_count(3)
    expect(chips.nth(0)).to_be_checked()
    editor.press("Tab")
    expect(chips.nth(1)).to_be_checked()
    editor.press("Tab", "Tab")
    expect(chips.nth(0)).to_be_checked()
    editor.press("Shift+Tab")
    expect(chips.nth(2)).to_be_checked()
    editor.press("Escape")
    expect(editor.candidates).to_have_count(0)
    editor.expect_objects(0)


def test_a_negative_point_takes_its_place_out_of_the_mask(editor: Editor, own: App) -> None:
    editor.click(*ON_THE_CUP)
    editor.click(*BESIDE_THE_CUP)
    editor.press("Enter")
    with_both = only(own, editor)
    assert pixel(with_both["rle"], ON_THE_CUP)
    assert pixel(with_both["rle"], BESIDE_THE_CUP)
    editor.press("Control+z")
    editor.expect_objects(0)
    editor.click(*ON_THE_CUP)
    editor.click(*BESIDE_THE_CUP, negative=True)
    editor.press("Enter")
    without = only(own, editor)
    assert pixel(without["rle"], ON_THE_CUP)
    assert not pixel(without["rle"], BESIDE_THE_CUP)
    assert without["clicks"] == 2


def test_undo_and_redo_walk_through_points_and_then_objects(editor: Editor, own: App) -> None:
    editor.click(*ON_THE_CUP)
    editor.click(*BESIDE_THE_CUP)
    editor.press("Control+z")
    expect(editor.candidates.get_by_role("radio")).to_have_count(3)
    editor.press("Control+Shift+z")
    editor.answered()
    editor.press("Enter")
    first = only(own, editor)
    editor.press("Control+z")
    editor.expect_objects(0)
    editor.expect_saved()
    assert own.annotations(PHOTO) == []
    editor.press("Control+y")
    again = only(own, editor)
    assert again["rle"] == first["rle"]
    assert again["id"] == first["id"]


def test_a_label_key_relabels_the_selected_object_and_delete_removes_it(editor: Editor, own: App) -> None:
    editor.drag(*CUP_BOX)
    editor.answered()
    editor.press("3")
    assert only(own, editor)["label_name"] == "cup"
    editor.objects.first.click()
    editor.press("8")
    expect(editor.objects.first).to_contain_text("spoon")
    assert only(own, editor)["label_name"] == "spoon"
    editor.press("Delete")
    editor.expect_objects(0)
    editor.expect_saved()
    assert own.annotations(PHOTO) == []


def test_a_mask_carries_where_it_came_from(editor: Editor, own: App) -> None:
    editor.click(*ON_THE_CUP)
    editor.press("Enter")
    stored = only(own, editor)
    [model] = own.rows("select id from inference_modelversion")
    assert stored["model_version_id"] == model["id"]
    assert stored["stage"] == "assisted_manual"
    assert 0 < stored["predicted_iou"] <= 1
    assert stored["clicks"] == 1


def test_the_prompt_survives_a_closed_tab(open_editor: Callable[..., Editor]) -> None:
    editor = open_editor()
    editor.click(*ON_THE_CUP)
    address, context = editor.page.url, editor.page.context
    editor.page.close()
    page = context.new_page()
    page.goto(address)
    again = Editor(page).ready()
    expect(again.candidates.get_by_role("radio")).to_have_count(3)
    again.press("Escape")
    page.reload()
    again.ready()
    expect(again.candidates).to_have_count(0)


def test_the_prompt_survives_a_reload(editor: Editor) -> None:
    page: Page = editor.page
    editor.click(*ON_THE_CUP)
    page.reload()
    editor.ready()
    editor.answered()
    expect(editor.candidates.get_by_role("radio")).to_have_count(3)


def test_a_click_before_the_photo_is_ready_is_answered_later(editor: Editor) -> None:
    """The embedding's request is held back, so that the click surely comes first."""
    page = editor.page
    page.evaluate("caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))")
    held: list[Route] = []
    page.context.route("**/files/embeddings/**", lambda route: held.append(route))
    with page.expect_request("**/files/embeddings/**"):
        page.reload()
    expect(page.locator(".status-size")).to_have_text(re.compile(r"\d+ × \d+"))
    page.mouse.click(*editor.at(*ON_THE_CUP))
    expect(editor.options).to_contain_text("The mask follows when the photo is ready")
    for route in held:
        route.continue_()
    page.context.unroute_all()
    editor.answered()
    expect(editor.candidates.get_by_role("radio")).to_have_count(3)


def test_a_hand_quicker_than_the_decoder_loses_nothing(editor: Editor, own: App) -> None:
    """Click, finish and the next photo, without waiting for anything in between."""
    page = editor.page
    page.mouse.click(*editor.at(*ON_THE_CUP))
    editor.press("3", "f")
    expect(page.locator(".topbar-image")).not_to_have_text(PHOTO)
    editor.ready()
    editor.expect_saved()
    editor.press("d")
    expect(page.locator(".topbar-image")).to_have_text(PHOTO)
    editor.ready()
    stored = only(own, editor)
    assert stored["label_name"] == "cup"
    assert pixel(stored["rle"], ON_THE_CUP)
    editor.expect_shown(own.kept(PHOTO))
    expect(editor.candidates).to_have_count(0)

"""Every drawing tool and mask command by pointer and key, judged by the masks that reach the database."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from pycocotools import mask as coco_mask

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO, NEXT_PHOTO = "camera.png", "chelsea-cat.png"


@pytest.fixture
def editor(kept_editor: Editor) -> Editor:
    """One page for all tests here."""
    return kept_editor


def area_of(row: dict[str, Any]) -> re.Pattern[str]:
    """Where the list tells the exact area of an object."""
    return re.compile(rf"· {row['area']:,} px ·")


def stored(app: App, editor: Editor, count: int, photo: str = PHOTO) -> list[dict[str, Any]]:
    """The objects that the server has, bottom first, once the page says that it has them all."""
    editor.expect_objects(count)
    editor.expect_saved()
    rows = app.annotations(photo)
    assert len(rows) == count
    parsed = [row | {"shape": json.loads(row["shape"] or "null"), "bbox": json.loads(row["bbox"])} for row in rows]
    return sorted(parsed, key=lambda row: row["z_order"])


def pixels(row: dict[str, Any]) -> np.ndarray:
    return coco_mask.decode(row["rle"]).astype(bool)


def rectangle(editor: Editor, x0: int, y0: int, x1: int, y1: int) -> None:
    editor.press("r")
    before = editor.objects.count()
    editor.drag(x0, y0, x1, y1)
    editor.expect_objects(before + 1)


def select_all(editor: Editor) -> None:
    editor.press("v", "Control+a")


def test_a_rectangle_covers_its_pixels_and_is_a_polygon(editor: Editor, own: App) -> None:
    rectangle(editor, 100, 120, 200, 180)
    [row] = stored(own, editor, 1)
    assert abs(row["area"] - 100 * 60) <= 320
    assert row["shape"]["type"] == "polygon"
    assert pixels(row)[150, 150]
    assert not pixels(row)[150, 90]


def test_strokes_grow_and_the_eraser_trims_one_object(editor: Editor, own: App) -> None:
    editor.press("b")
    editor.drag(100, 250, 300, 250)
    editor.expect_objects(1)
    editor.drag(200, 150, 200, 350)
    [cross] = stored(own, editor, 1)
    assert pixels(cross)[250, 120]
    assert pixels(cross)[170, 200]
    editor.press("e")
    editor.drag(160, 250, 160, 250)
    [trimmed] = stored(own, editor, 1)
    assert not pixels(trimmed)[250, 160]
    assert trimmed["area"] < cross["area"]


def test_finishing_lets_the_next_stroke_start_a_new_object(editor: Editor, own: App) -> None:
    editor.press("b")
    editor.drag(100, 100, 160, 100)
    editor.expect_objects(1)
    editor.press("n")
    editor.drag(100, 300, 160, 300)
    stored(own, editor, 2)


def test_a_polygon_is_closed_by_enter_and_its_corners_can_be_moved(editor: Editor, own: App) -> None:
    editor.press("p")
    for corner in [(100, 100), (220, 100), (220, 220), (100, 220)]:
        editor.page.mouse.click(*editor.at(*corner))
        editor.page.mouse.move(*editor.at(300, 300))
    editor.press("Enter")
    [square] = stored(own, editor, 1)
    editor.press("v")
    editor.page.mouse.click(*editor.at(160, 160))
    editor.press("p")
    editor.drag(220, 220, 320, 320)
    [kite] = stored(own, editor, 1)
    assert kite["area"] > square["area"] * 1.5
    assert len(kite["shape"]["rings"][0]) == 4
    assert pixels(kite)[280, 280]


def test_undo_takes_back_corners_before_it_takes_back_objects(editor: Editor, own: App) -> None:
    rectangle(editor, 300, 300, 340, 340)
    editor.press("p")
    for corner in [(100, 100), (220, 100), (220, 220), (60, 400)]:
        editor.page.mouse.click(*editor.at(*corner))
        editor.page.mouse.move(*editor.at(300, 200))
    editor.press("Control+z", "Enter")
    rows = stored(own, editor, 2)
    assert len(rows[1]["shape"]["rings"][0]) == 3
    editor.press("Control+z", "Control+z")
    stored(own, editor, 0)


def test_merge_split_and_undo(editor: Editor, own: App) -> None:
    rectangle(editor, 50, 50, 100, 100)
    rectangle(editor, 200, 200, 260, 260)
    apart = stored(own, editor, 2)
    select_all(editor)
    editor.press("Shift+M")
    [merged] = stored(own, editor, 1)
    assert merged["area"] == sum(row["area"] for row in apart)
    editor.press("Shift+S")
    parts = stored(own, editor, 2)
    assert sorted(row["area"] for row in parts) == sorted(row["area"] for row in apart)
    editor.press("Control+z", "Control+z")
    assert {row["id"] for row in stored(own, editor, 2)} == {row["id"] for row in apart}


def test_subtracting_leaves_no_pixel_shared(editor: Editor, own: App) -> None:
    rectangle(editor, 50, 50, 200, 200)
    rectangle(editor, 100, 100, 250, 250)
    editor.press("v")
    editor.page.mouse.click(*editor.at(230, 230))
    editor.press("Shift+X")
    expect(editor.objects.nth(1)).not_to_have_attribute("title", re.compile(r"· 22,5\d\d px"))
    below, top = stored(own, editor, 2)
    assert not (pixels(below) & pixels(top)).any()
    rectangle(editor, 20, 20, 280, 280)
    editor.press("v")
    editor.objects.first.click()
    editor.press("Shift+X")
    expect(editor.page.get_by_text("2 objects were covered completely and are gone.")).to_be_visible()
    stored(own, editor, 1)


def test_clean_up_shows_its_effect_and_applies_it(editor: Editor, own: App) -> None:
    rectangle(editor, 50, 50, 200, 200)
    rectangle(editor, 300, 300, 306, 306)
    select_all(editor)
    editor.press("Shift+M")
    [before] = stored(own, editor, 1)
    editor.press("Shift+C")
    panel = editor.page.get_by_role("dialog", name="Clean up")
    expect(panel.get_by_role("status")).to_contain_text("removes")
    panel.get_by_role("button", name="Apply").click()
    expect(editor.objects.first).not_to_contain_text(f"{before['area']:,}")
    [after] = stored(own, editor, 1)
    assert before["area"] - 50 <= after["area"] < before["area"]
    assert not pixels(after)[303, 303]


def test_locked_objects_survive_delete(editor: Editor, own: App) -> None:
    rectangle(editor, 50, 50, 100, 100)
    rectangle(editor, 200, 200, 260, 260)
    editor.press("v")
    editor.page.mouse.click(*editor.at(75, 75))
    editor.press("l")
    select_all(editor)
    editor.press("Delete")
    [kept] = stored(own, editor, 1)
    assert kept["locked"]
    assert pixels(kept)[75, 75]


def test_objects_are_pasted_on_another_image(editor: Editor, own: App) -> None:
    rectangle(editor, 60, 70, 120, 140)
    select_all(editor)
    editor.press("Control+c", "f")
    expect(editor.page.locator(".topbar-image")).to_have_text(NEXT_PHOTO)
    editor.ready()
    expect(editor.page.locator(".curtain")).to_be_hidden()
    editor.clear()  # what other tests left there
    editor.press("Control+v")
    [pasted] = stored(own, editor, 1, NEXT_PHOTO)
    assert pixels(pasted)[100, 90]
    [copied] = own.annotations(PHOTO)
    assert pasted["bbox"] == json.loads(copied["bbox"])
    editor.press("Delete")
    editor.expect_saved()


def test_the_order_of_objects_moves_with_minus_and_plus(editor: Editor, own: App) -> None:
    rectangle(editor, 50, 50, 150, 150)
    rectangle(editor, 100, 100, 200, 200)
    bottom, top = stored(own, editor, 2)
    editor.press("v")
    editor.page.mouse.click(*editor.at(190, 190))
    editor.press("-")
    expect(editor.objects.last).to_have_attribute("aria-selected", "true")
    editor.expect_saved()
    assert [row["id"] for row in stored(own, editor, 2)] == [top["id"], bottom["id"]]


def test_the_wand_takes_one_colour_and_fills_holes(editor: Editor, own: App) -> None:
    editor.press("t")
    editor.page.mouse.click(*editor.at(300, 40))
    [sky] = stored(own, editor, 1)
    assert pixels(sky)[60, 250]
    assert not pixels(sky)[250, 230]
    editor.press("Delete")
    editor.expect_objects(0)
    rectangle(editor, 100, 300, 200, 400)
    [whole] = stored(own, editor, 1)
    select_all(editor)
    editor.press("e")
    editor.drag(150, 350, 150, 350)
    expect(editor.objects.first).not_to_have_attribute("title", area_of(whole))
    editor.press("t")
    editor.page.mouse.click(*editor.at(150, 350))
    expect(editor.objects.first).to_have_attribute("title", area_of(whole))
    [filled] = stored(own, editor, 1)
    assert (pixels(filled) == pixels(whole)).all()


def test_converting_says_what_is_lost_and_undo_brings_it_back(editor: Editor, own: App) -> None:
    editor.press("b")
    editor.drag(150, 150, 350, 250)
    [mask] = stored(own, editor, 1)
    editor.press("Shift+P")
    told = editor.page.get_by_text("pixels at the outline changed")
    expect(told).to_be_visible()
    said = told.inner_text()
    [polygon] = stored(own, editor, 1)
    assert polygon["shape"]["type"] == "polygon"
    changed = int((pixels(polygon) ^ pixels(mask)).sum())
    assert f"{changed:,} pixels" in said
    editor.press("Control+z")
    expect(editor.objects.first).to_have_attribute("title", area_of(mask))
    [back] = stored(own, editor, 1)
    assert (back["shape"], back["rle"]) == (None, mask["rle"])


def test_in_no_overlap_mode_new_pixels_are_taken_from_below(editor: Editor, own: App) -> None:
    rectangle(editor, 50, 50, 200, 200)
    editor.press("Escape", "r")
    overlap = editor.options.get_by_role("button", name="No overlap")
    overlap.click()
    expect(overlap).to_have_attribute("aria-pressed", "true")
    editor.drag(100, 100, 250, 250)
    below, top = stored(own, editor, 2)
    assert not (pixels(below) & pixels(top)).any()
    assert pixels(top)[150, 150]
    editor.press("Control+z")
    [whole] = stored(own, editor, 1)
    assert pixels(whole)[150, 150]
    overlap.click()
    expect(overlap).to_have_attribute("aria-pressed", "false")


def test_the_size_slider_follows_the_hand_and_the_keys(editor: Editor) -> None:
    editor.press("b")
    slider = editor.options.get_by_label("Size")
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    editor.page.mouse.move(box["x"] + 10, middle)
    editor.page.mouse.down()
    editor.page.mouse.move(box["x"] + box["width"] / 2, middle, steps=6)
    editor.page.mouse.move(box["x"] + box["width"] - 2, middle, steps=6)
    editor.page.mouse.up()
    expect(slider).to_have_value("200")
    slider.evaluate("slider => slider.blur()")
    editor.press("[")
    expect(slider).to_have_value("174")
    expect(editor.options.locator("output")).to_have_text("174 px")

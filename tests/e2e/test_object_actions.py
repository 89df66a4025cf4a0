"""What is done to finished work without another tool first: reopen, delete, hide, paste, and the menu of objects."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, expect
from pycocotools.mask import toBbox as mask_box

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "coffee.png"
FIRST = (60, 60, 180, 160)
SECOND = (300, 200, 420, 320)


@pytest.fixture
def editor(kept_editor: Editor) -> Editor:
    """One page for all tests here."""
    return kept_editor


def state(app: App) -> str:
    [row] = app.rows("select state from projects_image where name = ?", PHOTO)
    return str(row["state"])


def test_a_done_image_is_reopened_where_it_was_submitted(editor: Editor, own: App) -> None:
    page, address = editor.page, editor.page.url
    top = page.get_by_role("banner")
    with page.expect_navigation(url=lambda url: url != address):
        editor.press("Control+Enter")
    page.goto(address)
    editor.ready()
    expect(top.get_by_text("done", exact=True)).to_be_visible()
    assert state(own) == "done"
    top.get_by_role("button", name="Reopen").click()
    expect(top.get_by_role("button", name="Submit")).to_be_visible()
    expect(top.get_by_text("done", exact=True)).to_be_hidden()
    expect(page.get_by_text(f"{PHOTO} is open again.")).to_be_visible()
    assert state(own) == "new", "nothing is on it"


def test_the_key_that_reopens_does_so_on_a_done_image_only(editor: Editor, own: App) -> None:
    page, address = editor.page, editor.page.url
    editor.add((40, 20, 120, 110), "1")
    editor.expect_saved()
    editor.press("Control+Shift+Enter")
    with page.expect_navigation(url=lambda url: url != address):
        editor.press("Control+Enter")
    page.goto(address)
    editor.ready()
    editor.press("Control+Shift+Enter")
    expect(page.get_by_role("button", name="Submit")).to_be_visible()
    assert state(own) == "in_progress"


def test_objects_are_filtered_by_what_the_review_says_of_them(editor: Editor) -> None:
    rectangles(editor)
    page = editor.page
    page.get_by_role("button", name="More filters").click()
    state = page.get_by_role("combobox", name="State")
    state.select_option("Approved")
    editor.expect_objects(0)
    state.select_option("Not approved")
    editor.expect_objects(2)


def rectangles(editor: Editor) -> None:
    """Two objects, the second one made last: a person at FIRST, a car at SECOND. Nothing is selected."""
    for box, label in ((FIRST, "1"), (SECOND, "2")):
        editor.press("Escape", label, "r")
        count = editor.objects.count()
        editor.drag(*box)
        editor.expect_objects(count + 1)
    editor.press("Escape")


def names(editor: Editor) -> list[str]:
    return [label for label, _ in editor.shown()]


def over(editor: Editor, box: tuple[float, float, float, float]) -> None:
    editor.page.mouse.move(*editor.at((box[0] + box[2]) / 2, (box[1] + box[3]) / 2))


def selected(editor: Editor) -> Locator:
    return editor.page.locator(".object-row[aria-selected=true] .truncate")


@pytest.mark.parametrize("tool", ["s", "b", "p", "r", "g"])
def test_a_key_acts_on_what_is_under_the_cursor_in_every_tool(editor: Editor, tool: str) -> None:
    rectangles(editor)
    first, second = (label for label, _ in editor.shown())
    editor.press("Escape", tool, "Escape")
    over(editor, FIRST)
    editor.press("Delete")
    editor.expect_objects(1)
    assert len({first, second} & set(names(editor))) == 1
    expect(editor.page.get_by_text("it was under the cursor")).to_be_visible()
    editor.press("Control+z")
    editor.expect_objects(2)


def test_away_from_every_object_a_key_acts_on_the_one_made_last(editor: Editor) -> None:
    rectangles(editor)
    editor.press("s")
    editor.page.mouse.move(*editor.at(580, 20))
    last = editor.objects.first.locator(".truncate").inner_text()
    editor.press("h")
    expect(editor.page.locator(".object-row.object-hidden .truncate")).to_have_text(last)
    expect(selected(editor)).to_have_text([last])  # it shows what the key was for
    editor.press("h")
    expect(editor.page.locator(".object-hidden")).to_have_count(0)


def test_an_open_prompt_is_not_mistaken_for_an_object(editor: Editor) -> None:
    rectangles(editor)
    editor.press("s")
    editor.click(360, 260)
    editor.press("Delete")
    editor.press("Escape")
    editor.expect_objects(2)


def test_a_right_click_with_the_select_tool_shows_the_menu_of_that_object(editor: Editor) -> None:
    page = editor.page
    rectangles(editor)
    editor.press("v", "Escape")
    menu = page.get_by_role("menu")
    page.mouse.click(*editor.at(120, 110), button="right")
    expect(menu).to_be_visible()
    expect(selected(editor)).to_have_count(1)
    expect(menu).to_have_attribute("aria-label", f"Actions: {selected(editor).inner_text()}")
    page.mouse.click(*editor.at(580, 20))
    expect(menu).to_be_hidden()
    page.mouse.click(*editor.at(120, 110), button="right")
    menu.get_by_role("menuitem", name="Hide or show").click()
    expect(menu).to_be_hidden()
    expect(page.locator(".object-hidden")).to_have_count(1)
    editor.press("h")
    expect(page.locator(".object-hidden")).to_have_count(0)
    page.mouse.click(*editor.at(580, 20), button="right")
    expect(menu).to_be_hidden()


def test_a_right_click_with_the_smart_tool_is_still_a_negative_click(editor: Editor, own: App) -> None:
    page = editor.page
    rectangles(editor)
    editor.press("s", "Escape")
    editor.click(360, 260)
    page.mouse.click(*editor.at(310, 210), button="right")
    editor.answered()
    expect(page.get_by_role("menu")).to_be_hidden()
    editor.press("1")
    editor.expect_objects(3)
    editor.expect_saved()
    prompts = [prompt for row in own.annotations(PHOTO) for prompt in json.loads(row["prompts"])]
    assert [point["label"] for prompt in prompts for point in prompt["points"]] == [1, 0]


@pytest.mark.parametrize("key", ["Shift+F10", "ContextMenu"])
def test_the_menu_is_worked_by_keys_alone(editor: Editor, key: str) -> None:
    page = editor.page
    rectangles(editor)
    editor.press("s", "Escape")
    page.mouse.move(*editor.at(580, 20))
    editor.press(key)
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    editor.press("End")
    expect(menu.get_by_role("menuitem", name="Delete")).to_be_focused()
    editor.press("Escape")
    expect(menu).to_be_hidden()
    editor.expect_objects(2)
    expect(selected(editor)).to_have_count(1)  # Esc closed the menu and nothing more
    editor.press(key, "ArrowUp", "Enter")
    editor.expect_objects(1)


def test_a_right_click_in_the_list_shows_the_menu_of_all_that_is_selected(editor: Editor) -> None:
    page = editor.page
    rectangles(editor)
    editor.press("Control+a")
    editor.objects.first.click(button="right")
    menu = page.get_by_role("menu", name="Actions: 2 objects")
    menu.get_by_role("menuitem", name="Merge selected").click()
    editor.expect_objects(1)


def test_a_press_on_a_row_that_changes_before_it_is_let_go_of_is_a_click(editor: Editor) -> None:
    """As when the answer to a save comes in between."""
    page = editor.page
    rectangles(editor)
    older = editor.objects.last
    older.hover()
    page.mouse.down()
    editor.press("Control+a")  # both rows change
    expect(editor.objects.first).to_have_attribute("aria-selected", "true")
    page.mouse.up()
    expect(older).to_have_attribute("aria-selected", "true")
    expect(editor.objects.first).to_have_attribute("aria-selected", "false")


def test_a_double_click_on_a_row_brings_its_object_into_sight(editor: Editor) -> None:
    rectangles(editor)
    zoom = editor.page.locator(".status-zoom")
    editor.press(*["Control+="] * 30)
    expect(zoom).to_have_text("6400 %")
    editor.objects.last.dblclick()
    expect(zoom).not_to_have_text("6400 %")


def box_of(app: App) -> list[tuple[int, ...]]:
    return sorted(tuple(mask_box(row["rle"])) for row in app.annotations(PHOTO))


@pytest.mark.parametrize("keys", [("Control+c", "Control+v"), ("Control+d",)])
def test_a_copy_lies_beside_its_original(editor: Editor, own: App, keys: tuple[str, ...]) -> None:
    editor.press("r")
    editor.drag(*FIRST)
    editor.expect_objects(1)
    editor.press(*keys)
    editor.expect_objects(2)
    editor.expect_saved()
    (x0, y0, w0, h0), (x1, y1, w1, h1) = box_of(own)
    assert (w0, h0) == (w1, h1)
    assert x1 > x0
    assert y1 > y0


def test_in_the_systems_own_colours_what_is_armed_and_selected_is_told_apart(editor: Editor) -> None:
    page = editor.page
    rectangles(editor)
    editor.objects.first.click()
    page.emulate_media(forced_colors="active")
    seen = """(element) => getComputedStyle(element).backgroundColor"""
    expect(page.locator(".object-row[aria-selected=true]")).to_have_count(1)
    pairs = (
        (".rail-button[aria-pressed=true]", ".rail-button[aria-pressed=false]"),
        (".object-row[aria-selected=true]", ".object-row[aria-selected=false]"),
        (".label-row[aria-selected=true]", ".label-row[aria-selected=false]"),
    )
    for chosen, other in pairs:
        on, off = (page.locator(name).first.evaluate(seen) for name in (chosen, other))
        assert on != off, chosen
    swatches = page.locator(".panel-labels .label-swatch").evaluate_all(f"(all) => all.map({seen})")
    assert len(set(swatches)) == len(swatches)
    page.emulate_media(forced_colors="none")

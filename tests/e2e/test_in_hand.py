"""What is in hand: a digit names it in every tool, and whoever leaves the image does not lose it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "coffee.png"
CUP_BOX, ON_THE_CUP = (165, 12, 412, 215), (300, 140)
OTHER, THIRD = (30, 250, 90, 330), (470, 260, 540, 350)
HINT = "1–9 names it"
SAYS = """hint => getComputedStyle(document.querySelector('.object-made .truncate') ?? document.body, '::after')
  .content.includes(hint)"""


@pytest.fixture
def editor(kept_editor: Editor) -> Editor:
    """One page for all tests here."""
    return kept_editor


def named(editor: Editor, app: App) -> list[str]:
    """The labels that the server has, and that the list shows too."""
    editor.expect_saved()
    kept = app.kept(PHOTO)
    editor.expect_shown(kept)
    return [label for label, _ in kept]


def corners(editor: Editor, box: tuple[float, float, float, float]) -> None:
    for x, y in ((box[0], box[1]), (box[2], box[1]), (box[2], box[3])):
        editor.page.mouse.click(*editor.at(x, y))


def make(editor: Editor, tool: str) -> None:
    """One object beside the others, finished in the tool's own way, without a digit."""
    if tool == "smart":
        editor.press("s")
        editor.drag(*CUP_BOX)
        editor.answered()
        editor.press("Enter")
    elif tool == "rectangle":
        editor.press("r")
        editor.drag(*OTHER)
    elif tool == "polygon":
        editor.press("p")
        corners(editor, OTHER)
        editor.press("Enter")
    elif tool == "brush":
        editor.press("b")
        editor.drag(*OTHER)
    else:
        editor.press("t")
        editor.page.mouse.click(*editor.at(40, 290))


@pytest.mark.parametrize("tool", ["smart", "rectangle", "polygon", "brush", "brush then Enter", "wand"])
def test_the_digit_after_an_object_names_it_and_nothing_that_was_picked_before(
    editor: Editor, own: App, tool: str
) -> None:
    editor.press("r")
    editor.drag(*THIRD)
    editor.expect_objects(1)
    editor.press("2")
    editor.press("v")
    editor.page.mouse.click(*editor.at(500, 300))
    expect(editor.objects.first).to_have_attribute("aria-selected", "true")
    if tool in {"brush", "brush then Enter", "wand"}:  # they would go on with what is selected
        editor.press("Escape")
    make(editor, tool.split(" ", maxsplit=1)[0])
    editor.expect_objects(2)
    if tool.endswith("Enter"):
        editor.press("Enter")
    editor.press("8")
    assert named(editor, own) == ["person", "spoon"]
    expect(editor.page.locator(".object-made")).to_have_count(0)
    expect(editor.labels.get_by_role("option", selected=True)).to_contain_text("spoon")


def test_what_a_digit_would_name_is_shown_until_something_else_is_taken_up(editor: Editor, own: App) -> None:
    made = editor.page.locator(".object-made")
    editor.press("1", "r")
    editor.drag(*OTHER)
    expect(made).to_have_count(1)
    editor.page.wait_for_function(SAYS, arg=HINT)
    editor.press("Escape")
    expect(made).to_have_count(0)
    before = named(editor, own)
    editor.press("8")
    assert named(editor, own) == before, "the digit is for what comes next"
    editor.drag(*THIRD)
    editor.expect_objects(2)
    expect(made).to_have_count(1)
    editor.press("v")
    expect(made).to_have_count(0)
    assert "spoon" in named(editor, own)


def test_a_digit_before_the_mask_is_stored_names_it_too(editor: Editor, own: App) -> None:
    editor.click(*ON_THE_CUP)
    editor.press("Enter", "8")
    editor.expect_objects(1)
    expect(editor.objects.first).to_contain_text("spoon")
    assert named(editor, own) == ["spoon"]


@pytest.mark.parametrize("way", ["Control+Enter", "f", "Shift+f", "j"])
def test_an_open_mask_is_kept_whichever_way_the_image_is_left(editor: Editor, own: App, way: str) -> None:
    page = editor.page
    editor.press("3")
    editor.click(*ON_THE_CUP)
    editor.press(way)
    expect(page.locator(".topbar-image")).not_to_have_text(PHOTO)
    expect(page.get_by_text(f"The open mask on {PHOTO} was kept as cup.")).to_be_visible()
    editor.ready()
    editor.expect_saved()
    assert [label for label, _ in own.kept(PHOTO)] == ["cup"]
    expect(editor.candidates).to_have_count(0)
    if way == "Control+Enter":
        [image] = own.rows("select state from projects_image where name = ?", PHOTO)
        assert image["state"] == "done"
    page.goto(own.editor_address(PHOTO))
    editor.ready()
    editor.expect_objects(1)
    expect(editor.candidates).to_have_count(0)


@pytest.mark.parametrize("tool", ["polygon", "smart behind another tool"])
def test_unfinished_corners_and_a_mask_behind_another_tool_are_kept_too(editor: Editor, own: App, tool: str) -> None:
    if tool == "polygon":
        editor.press("p")
        corners(editor, OTHER)
    else:
        editor.click(*ON_THE_CUP)
        editor.press("v")
    editor.press("f")
    # Keeping a mask takes a moment after the next photo is there: it is said when it is done.
    expect(editor.page.get_by_text(f"The open mask on {PHOTO} was kept as", exact=False)).to_be_visible()
    expect(editor.page.locator(".topbar-image")).not_to_have_text(PHOTO)
    editor.ready()
    editor.expect_saved()
    assert len(own.kept(PHOTO)) == 1
    editor.press("s")
    expect(editor.candidates).to_have_count(0)


def test_the_way_back_to_the_project_keeps_the_open_mask(editor: Editor, own: App) -> None:
    editor.press("3")
    editor.click(*ON_THE_CUP)
    editor.page.get_by_role("link", name="Back to the project").click()
    expect(editor.page.get_by_role("heading", name="Demo photos")).to_be_visible()
    assert [label for label, _ in own.kept(PHOTO)] == ["cup"]


def test_an_image_is_not_done_while_its_open_mask_cannot_be_kept(editor: Editor, own: App) -> None:
    """The embedding is held back, so that the click surely has no mask."""
    page = editor.page
    page.evaluate("caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))")
    held: list[Route] = []
    page.context.route("**/files/embeddings/**", lambda route: held.append(route))
    with page.expect_request("**/files/embeddings/**"):
        page.reload()
    expect(page.locator(".status-size")).to_have_text(re.compile(r"\d+ × \d+"))
    page.mouse.click(*editor.at(*ON_THE_CUP))
    editor.press("Control+Enter")
    expect(page.get_by_text("Its open mask is not ready to be kept.")).to_be_visible()
    expect(page.locator(".topbar-image")).to_have_text(PHOTO)
    for route in held:
        route.continue_()
    page.context.unroute_all()
    editor.ready()
    editor.answered()
    editor.press("Control+Enter")
    expect(page.locator(".topbar-image")).not_to_have_text(PHOTO)
    editor.expect_saved()
    assert len(own.kept(PHOTO)) == 1


def test_a_reload_keeps_the_prompt_and_the_label_it_would_get(editor: Editor, own: App) -> None:
    page = editor.page
    editor.press("8")
    editor.click(*ON_THE_CUP)
    page.reload()
    editor.ready()
    editor.answered()
    expect(editor.labels.get_by_role("option", selected=True)).to_contain_text("spoon")
    expect(editor.add_button).to_have_text("Add spoon")
    editor.press("Enter")
    editor.expect_objects(1)
    assert named(editor, own) == ["spoon"]

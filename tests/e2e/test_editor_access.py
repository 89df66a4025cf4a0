"""The editor for every hand and eye: axe-core in its states, the keyboard alone, keys of one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Response, expect

from tests.e2e.app import App
from tests.e2e.axe import AXE, violations, wear
from tests.e2e.editor import Editor

PHOTO = "motorcycle.png"
WHEEL = (90, 200, 290, 410)
ON_THE_TANK = (330, 150)
PART_WITH_FOCUS = """() => {
  const part = document.activeElement.closest('.options, .panel-labels, .panel-objects, .topbar, .rail, .stage');
  return part?.className.split(' ').at(-1);
}"""
OVERLAY_IS_DRAWN_ON = """something => {
  const canvas = document.querySelector('canvas.layer-overlay');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some(value => value > 0) === something;
}"""

needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install in static/)")


@contextmanager
def dialog(editor: Editor, name: str, *keys: str) -> Iterator[None]:
    """Open a dialog by its keys; closed by Esc, with the keys back at the photo."""
    editor.press(*keys)
    shown = editor.page.get_by_role("dialog", name=name)
    expect(shown).to_be_visible()
    yield
    editor.press("Escape")
    expect(shown).to_be_hidden()


@contextmanager
def keys_saved(editor: Editor, keys: str) -> Iterator[None]:
    """Wait until the server has these keys of the person's own, as JSON; they are sent a little later."""

    def has_them(answer: Response) -> bool:
        sent = (answer.request.post_data or "").replace(" ", "")
        return answer.request.method == "PATCH" and answer.ok and f'"keys":{keys}' in sent

    with editor.page.expect_response(has_them):
        yield


@needs_axe
@pytest.mark.parametrize("colors", ["dark", "light"])
def test_axe_finds_nothing_in_any_state_of_the_editor(editor: Editor, colors: str) -> None:
    page = editor.page
    page.emulate_media(reduced_motion="reduce")
    wear(page, colors)
    problems = {"empty": violations(page)}
    editor.click(*ON_THE_TANK)
    problems["candidates"] = violations(page)
    editor.press("Escape")
    editor.add(WHEEL, "5")
    editor.objects.first.click()
    problems["object selected"] = violations(page)
    for tool in "vbpt":
        editor.press(tool)
        expect(page.locator(".rail [aria-pressed=true]")).to_have_attribute("data-key", tool.upper())
        problems[f"tool {tool}"] = violations(page)
    editor.press("u")
    expect(page.locator(".filmstrip button").first).to_be_visible()
    problems["filmstrip"] = violations(page)
    editor.press("u")
    for name, keys in [("Clean up", ["Shift+C"]), ("Display", ["i"]), ("Keys and help", ["?"])]:
        with dialog(editor, name, *keys):
            problems[name] = violations(page)
    with dialog(editor, "All commands", "Control+k"):
        problems["palette"] = violations(page)
        page.keyboard.type("Change keys")
        page.keyboard.press("Enter")
        keymap = page.get_by_role("dialog", name="Change keys")
        keymap.get_by_role("button", name="Change the key of Brush").click()
        page.keyboard.press("e")
        expect(keymap.get_by_role("status")).to_contain_text("is used by")
        problems["keys in conflict"] = violations(page)
        with keys_saved(editor, "{}"):
            keymap.get_by_role("button", name="Reset all").click()
    page.context.clear_cookies()
    editor.press("Control+a", "Delete")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("dialog", name="Sign in again")).to_be_visible()
    problems["signed out"] = violations(page)
    assert not {where: found for where, found in problems.items() if found}


def test_the_keyboard_alone_reaches_every_part_and_leaves_it_again(kept_editor: Editor, own: App) -> None:
    editor, page = kept_editor, kept_editor.page
    editor.stage.focus()
    for part in ["options", "panel-labels", "panel-objects", "topbar", "rail", "stage"]:
        editor.press("F6")
        page.wait_for_function(f"part => ({PART_WITH_FOCUS})() === part", arg=part)
    # With no object to walk through, Tab is no trap.
    editor.press("Tab")
    assert page.evaluate(PART_WITH_FOCUS) != "stage"
    editor.add(WHEEL, "5")
    editor.stage.focus()
    editor.press("Tab")
    expect(editor.objects.first).to_have_attribute("aria-selected", "true")
    for part in ["options", "panel-labels"]:
        editor.press("F6")
        page.wait_for_function(f"part => ({PART_WITH_FOCUS})() === part", arg=part)
    editor.press("Tab", "Enter")
    expect(editor.objects.first).to_contain_text("person")
    editor.expect_saved()
    editor.expect_shown(own.kept(PHOTO))


def test_light_or_dark_changes_what_is_seen_also_where_the_system_had_chosen(editor: Editor) -> None:
    page = editor.page
    page.emulate_media(color_scheme="light")
    page.evaluate("() => { delete document.documentElement.dataset.theme; }")
    for now in ("dark", "light", "dark"):
        editor.press("Control+k")
        expect(page.get_by_role("dialog", name="All commands")).to_be_visible()
        page.keyboard.type("Light or dark")
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("data-theme", now)


def test_a_checkbox_is_switched_by_space(kept_editor: Editor) -> None:
    editor = kept_editor
    with dialog(editor, "Display", "i"):
        box = editor.page.get_by_label("Outlines only")
        box.focus()
        editor.press("Space")
        expect(box).to_be_checked()
        editor.press("Space")
        expect(box).not_to_be_checked()


def test_the_loupe_follows_its_key_and_the_brush_stays_off_the_bars(kept_editor: Editor) -> None:
    editor, page = kept_editor, kept_editor.page

    def expect_drawn(something: bool) -> None:
        page.wait_for_function(OVERLAY_IS_DRAWN_ON, arg=something)

    editor.press("g")
    page.mouse.move(*editor.at(*ON_THE_TANK))
    expect_drawn(False)
    editor.press("z")
    expect_drawn(True)
    editor.press("z")
    expect_drawn(False)
    editor.press("b")
    expect(editor.options).to_contain_text("Paints")
    page.mouse.move(*editor.at(ON_THE_TANK[0] + 5, ON_THE_TANK[1]))
    expect_drawn(True)  # the brush shows where it is
    editor.options.hover()
    expect_drawn(False)  # the pointer is on the bar, not on the photo


def test_a_new_object_leaves_nothing_selected_that_a_key_could_hit(kept_editor: Editor, own: App) -> None:
    editor = kept_editor
    editor.add(WHEEL, "5")
    editor.objects.first.click()
    editor.stage.focus()
    editor.press("s")
    editor.click(*ON_THE_TANK)
    editor.press("2")
    editor.expect_objects(2)
    editor.press("8")
    editor.expect_saved()
    assert [label for label, _ in own.kept(PHOTO)] == ["motorcycle", "person"]


def test_the_list_is_filtered_by_label_stage_and_state(kept_editor: Editor) -> None:
    editor = kept_editor
    editor.add(WHEEL, "5")
    editor.add((ON_THE_TANK[0] - 60, ON_THE_TANK[1] - 40, ON_THE_TANK[0] + 60, ON_THE_TANK[1] + 40), "2")
    page = editor.page
    page.get_by_role("button", name="More filters").click()
    page.get_by_label("Label", exact=True).select_option(label="person")
    editor.expect_objects(1)
    expect(editor.objects.first).to_have_attribute("title", re.compile(r"^person .* By hand · Demo$"))
    page.get_by_label("State", exact=True).select_option(label="Locked")
    expect(page.get_by_text("No object matches the filter.")).to_be_visible()
    page.get_by_label("State", exact=True).select_option(label="Any state")
    page.get_by_label("Stage").select_option(label="By hand")
    editor.expect_objects(1)
    page.get_by_label("Label", exact=True).select_option(label="Any label")
    editor.expect_objects(2)
    page.get_by_label("Stage").select_option(label="Any stage")
    page.get_by_role("button", name="More filters").click()


def test_a_key_of_ones_own_works_at_once_and_after_a_reload(open_editor: Callable[..., Editor], carol: str) -> None:
    editor = open_editor(carol)
    page = editor.page
    armed = page.locator(".rail [aria-pressed=true]")

    def keymap() -> None:
        editor.press("Control+k")
        page.keyboard.type("Change keys")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Change keys")).to_be_visible()

    keymap()
    page.get_by_role("button", name="Change the key of Rectangle").click()
    with keys_saved(editor, '{"tool.box":["X"]}'):
        page.keyboard.press("x")
        page.keyboard.press("Escape")
    page.reload()
    editor.ready()
    editor.press("x")
    expect(armed).to_have_accessible_name("Rectangle (X)")
    keymap()
    with keys_saved(editor, "{}"):
        page.get_by_role("button", name="Reset all").click()


ADD_ATTRIBUTES = """
from annotator.projects.models import Label
Label.objects.filter(name="motorcycle").update(attributes=[
    {"name": "maker", "kind": "text"}, {"name": "doors", "kind": "number"}, {"name": "parked", "kind": "checkbox"},
])
"""


def test_attributes_are_filled_in_by_keyboard_from_field_to_field(open_editor: Callable[..., Editor], own: App) -> None:
    own.manage("shell", "-c", ADD_ATTRIBUTES)
    editor = open_editor()
    editor.add(WHEEL, "5")
    editor.objects.first.click()
    panel = editor.page.get_by_role("region", name="Attributes")
    panel.get_by_label("maker").focus()
    editor.page.keyboard.type("Brough")
    editor.press("Tab")
    expect(panel.get_by_label("doors")).to_be_focused()
    editor.page.keyboard.type("2")
    editor.press("Tab", "Space")
    expect(panel.get_by_label("parked")).to_be_checked()
    editor.expect_saved()
    [stored] = own.annotations(PHOTO)
    assert json.loads(stored["attributes"]) == {"maker": "Brough", "doors": 2, "parked": True}


ADD_LABELS = """
from annotator.projects.models import Label, Project
project = Project.objects.get(name="Demo photos")
names = [f"part {number:03} of a machine with a very long name of its own" for number in range(300)]
Label.objects.bulk_create(Label(project=project, name=name, color="#808080", order=100) for name in names)
"""
REMOVE_LABELS = """
from annotator.projects.models import Label
Label.objects.filter(name__startswith="part ").delete()
"""


def test_one_of_three_hundred_labels_is_found_by_typing(open_editor: Callable[..., Editor], own: App) -> None:
    own.manage("shell", "-c", ADD_LABELS)
    try:
        editor = open_editor()
        side = editor.page.locator(".side")
        assert side.evaluate("side => side.scrollWidth - side.clientWidth") == 0
        editor.drag(*WHEEL)
        editor.answered()
        editor.press("/")
        expect(editor.page.get_by_label("Find a label")).to_be_focused()
        editor.page.keyboard.type("t 217")
        expect(editor.labels.get_by_role("option")).to_have_count(1)
        editor.press("Enter")
        editor.expect_objects(1)
        editor.expect_saved()
        [(found, _)] = own.kept(PHOTO)
        assert found.startswith("part 217 ")
        editor.clear()
    finally:
        own.manage("shell", "-c", REMOVE_LABELS)

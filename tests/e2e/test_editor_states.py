"""What is said where something cannot be done: no photo, no model, no such number."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "motorcycle.png"
NEXT = "rocket.jpg"
TAKE_MODEL = """
from annotator.inference.models import ModelVersion
from annotator.projects.models import Project
Project.objects.filter(name="Demo photos").update(model_version={})
"""


def opened(open_context: Callable[[], BrowserContext], app: App) -> Page:
    context = open_context()
    context.add_cookies(app.cookies())
    return context.new_page()


def test_a_photo_that_does_not_arrive_says_so_and_is_tried_again(
    open_context: Callable[[], BrowserContext], own: App
) -> None:
    page = opened(open_context, own)
    page.route(re.compile("/files/images/.*/full"), lambda route: route.abort())
    page.goto(own.editor_address(PHOTO))
    sorry = page.get_by_role("alert")
    expect(sorry).to_contain_text("The photo did not arrive")
    expect(page.get_by_text("Nothing here yet")).to_have_count(0)
    page.unroute_all()
    sorry.get_by_role("button", name="Try again").click()
    Editor(page).ready()
    expect(sorry).to_have_count(0)


def test_without_a_model_nobody_is_told_to_click(open_context: Callable[[], BrowserContext], own: App) -> None:
    page = opened(open_context, own)
    page.goto(own.editor_address(NEXT))
    editor = Editor(page).ready()
    editor.clear()  # the list says what to do only where nothing is
    own.manage("shell", "-c", TAKE_MODEL.format("None"))
    try:
        page.reload()
        expect(page.locator(".status-embedding")).to_have_text("no model")
        expect(page.locator(".status-model")).to_be_empty()
        expect(page.get_by_text("the other tools work")).to_be_visible()
        expect(editor.options).to_be_hidden()
        expect(page.get_by_text("Draw with the brush")).to_be_visible()
        # What is said meanwhile lies beside it, not over it.
        editor.press("Shift+G")
        toast = page.get_by_text("Nothing was carried to this photo")
        expect(toast).to_be_visible()
        banner, said = page.locator(".stage-banner").bounding_box(), page.locator(".toast").first.bounding_box()
        assert banner is not None
        assert said is not None
        assert banner["x"] + banner["width"] <= said["x"]
        editor.press("r")
        expect(editor.options).to_contain_text("Drag a rectangle")
    finally:
        own.manage("shell", "-c", TAKE_MODEL.format("ModelVersion.objects.earliest('created')"))


def test_a_number_out_of_range_is_told_before_anything_is_sent(
    open_context: Callable[[], BrowserContext], own: App
) -> None:
    page = opened(open_context, own)
    page.goto(own.editor_address(PHOTO))
    editor = Editor(page).ready()
    before = editor.objects.count()
    editor.press("r")
    editor.drag(50, 50, 150, 150)
    editor.expect_objects(before + 1)
    editor.expect_saved()
    page.goto(page.url.split("/images/")[0] + "/evaluations/")
    clicks = page.get_by_label("Clicks per mask")
    clicks.fill("3")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_text("Type a whole number from 5 to 20.")).to_be_visible()
    expect(clicks).to_be_focused()

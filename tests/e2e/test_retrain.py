"""From finished masks to a model that learned from them: the gate, promotion under an open prompt, the way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations
from tests.e2e.editor import Editor

pytestmark = pytest.mark.slow

MASKS = """
from annotator.annotations import services
from annotator.projects.models import Project
from annotator.tuning.fixed import photos
from annotator.web.demo import PHOTOS
project = Project.objects.get(name="Demo photos")
names = {photo.file: photo.name for photo in PHOTOS}
for photo in photos():
    image = project.images.get(name=names[photo.name])
    for mask in photo.masks:
        services.create(image, project.members.get(), None, {"rle": dict(mask)})
    project.images.filter(pk=image.pk).update(state="done")
"""
"""Ten masks on six photos: the fewest that are enough."""
CUP = (300, 150)
TRAINED_MS = 90_000
QUICK = Path(__file__).with_name("quick_trainer")


@pytest.fixture(scope="module")
def own(start_app: Callable[..., App]) -> App:
    """An app whose model nobody else uses, and that trains in no time."""
    return start_app(PYTHONPATH=str(QUICK))


@pytest.fixture
def page(open_context: Callable[[], BrowserContext], own: App) -> Page:
    context = open_context()
    context.add_cookies(own.cookies())
    return context.new_page()


def retrain_page(page: Page, own: App) -> None:
    page.goto(own.url)
    page.get_by_role("link", name="Demo photos").first.click()
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Retrain").click()


def made_with(editor: Editor) -> list[str]:
    """The model versions of the open photo's masks, by name, as the server has them."""
    return editor.page.evaluate("""async () => {
      const image = location.pathname.split('/').at(-3);
      const get = async path => (await fetch(`/api/v1/${path}`)).json();
      const { results } = await get(`images/${image}/annotations/`);
      const versions = results.map(row => row.model_version).filter(Boolean);
      return Promise.all(versions.map(async id => (await get(`models/${id}/`)).version));
    }""")


def test_a_project_retrains_and_its_open_editor_keeps_the_prompt(page: Page, own: App) -> None:
    retrain_page(page, own)
    expect(page.get_by_text("0 masks on 0 images to learn from")).to_be_visible()
    expect(page.get_by_role("button", name="Retrain")).to_have_count(0)
    own.manage("shell", "-c", MASKS)
    page.reload()
    expect(page.get_by_text("10 masks on 6 images to learn from")).to_be_visible()
    page.get_by_label("Minutes of training").fill("1")
    page.get_by_role("button", name="Retrain").click()
    gate = page.get_by_role("table").filter(has_text="Difference").first
    expect(gate.get_by_role("row", name=re.compile("Clicks to IoU 0.85"))).to_be_visible(timeout=TRAINED_MS)
    expect(page.get_by_role("heading", name="What it may have forgotten: the demo photos")).to_be_visible()
    assert violations(page) == []

    beside = page.context.new_page()
    beside.goto(own.url)
    editor = Editor.open(beside, "coffee.png")
    editor.expect_objects(3)
    editor.click(*CUP)
    put_to_use(page)
    expect(beside.get_by_text("What you began stays")).to_be_visible()
    expect(beside.locator(".status-model")).to_have_text(re.compile(r" \S+demo-photos\.1$"))
    editor.press("Enter")  # the old model's mask, looked at before the change
    editor.expect_objects(4)
    editor.click(*CUP)  # and the new one's
    editor.press("Enter")
    editor.expect_objects(5)
    editor.expect_saved()
    old, new = made_with(editor)
    assert old != new
    assert "demo-photos.1" in new

    page.get_by_role("button", name=re.compile("Go back to")).click()
    expect(page.get_by_role("button", name=re.compile("Go back to"))).to_have_count(0)
    expect(beside.get_by_text(re.compile(rf"answered by .* {re.escape(old)} from now on"))).to_be_visible()
    assert made_with(editor) == [old, new]


def put_to_use(page: Page) -> None:
    """The gate does not say better: the person says that they have seen so."""
    page.get_by_role("button", name="Use it all the same…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Use it", exact=True)).to_be_disabled()
    dialog.get_by_label("I have seen the comparison").check()
    dialog.get_by_role("button", name="Use it", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("Go back to"))).to_be_visible()

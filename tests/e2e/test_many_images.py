"""A project of more images than the editor's list of them has on a page: walking, the filmstrip, where work goes on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app import App

COUNT = 450
MAKE = f"""
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project
from tests.annotator.world import make_image
project = Project.objects.create(name="Many")
Membership.objects.create(project=project, user=User.objects.get(username="demo"), role="owner")
for number in range({COUNT}):
    make_image(project, f"frame{{number}}.png", (24, 18))
"""
FINISH = """
from annotator.projects.models import Image
Image.objects.filter(project__name="Many").exclude(name__in=["frame3.png", "frame400.png"]).update(state="done")
"""


@pytest.fixture(scope="module")
def many(app: App) -> App:
    """The app with a project of 450 small photos."""
    app.manage("shell", "-c", MAKE)
    return app


def shows(page: Page, number: int) -> None:
    """The photo of this number is open, and the page knows its place."""
    expect(page.locator(".topbar-image")).to_have_text(f"frame{number}.png")
    expect(page.locator(".topbar-place")).to_have_text(f"{number + 1} / {COUNT}")


def test_walking_and_the_filmstrip_reach_every_image(page: Page, many: App) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/images/index/" in request.url else None)
    page.goto(many.editor_address("frame0.png"))
    shows(page, 0)
    page.keyboard.press("d")
    expect(page.get_by_text("This is the first image.")).to_be_visible()
    # Past the end of the first page of the list, quicker than photos open.
    for _ in range(25):
        page.keyboard.press("Shift+f")
    shows(page, 250)
    page.keyboard.press("d")
    shows(page, 249)

    page.keyboard.press("u")
    strip = page.get_by_role("navigation", name="Images of the project")
    current = strip.locator("[aria-current=true]")
    expect(current).to_have_attribute("title", re.compile(r"^frame249\.png"))
    strip.evaluate("(element) => { element.scrollLeft = 0; }")
    expect(strip.get_by_title(re.compile(r"^frame8\.png"))).to_be_visible()
    strip.evaluate("(element) => { element.scrollLeft = element.scrollWidth; }")
    last = strip.get_by_title(re.compile(rf"^frame{COUNT - 1}\.png"))
    expect(last).to_be_visible()
    last.click()
    shows(page, COUNT - 1)
    page.keyboard.press("f")
    expect(page.get_by_text("This is the last image.")).to_be_visible()
    page.keyboard.press("u")
    assert all(re.search(r"\?(around|start)=", url) for url in asked)
    assert len(asked) < 20, asked


def test_work_goes_on_far_from_here_and_starts_over(page: Page, many: App) -> None:
    many.manage("shell", "-c", FINISH)
    page.goto(many.editor_address("frame10.png"))
    shows(page, 10)
    page.keyboard.press("j")
    shows(page, 400)
    page.keyboard.press("Control+Enter")
    shows(page, 3)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Every image of this project is done.")).to_be_visible()

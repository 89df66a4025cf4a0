"""A lead switches privacy on: a face is covered as it comes in, more is covered by hand, and taken back."""

from __future__ import annotations

import io

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.axe import violations, wear


@pytest.fixture
def privacy(page: Page) -> Page:
    """The privacy page of a new project."""
    page.get_by_role("button", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill("Portraits")
    page.get_by_role("button", name="Create", exact=True).click()
    page.wait_for_url("**/projects/*/")
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Settings").click()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Privacy").click()
    expect(page.get_by_role("heading", name="Privacy", exact=True)).to_be_visible()
    return page


def portrait() -> bytes:
    out = io.BytesIO()
    Image.fromarray(skimage.data.astronaut()).save(out, "PNG")
    return out.getvalue()


def test_a_face_is_covered_as_it_comes_in_and_regions_come_and_go(privacy: Page) -> None:
    page = privacy
    page.get_by_label("Find faces and cover them before pictures are stored").check()
    page.get_by_label("Keep the originals").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("On", exact=True)).to_be_visible()
    address = page.url
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Images").click()
    file = {"name": "portrait.png", "mimeType": "image/png", "buffer": portrait()}
    page.set_input_files("[data-files]", file)
    expect(page.locator("[data-uploads] h2")).to_have_text("1 image added")

    page.goto(address)
    expect(page.get_by_text("1 covered")).to_be_visible()
    for theme in ("light", "dark"):
        wear(page, theme)
        assert violations(page) == []
    page.get_by_role("img", name="portrait.png").click()
    expect(page.get_by_text("Face, confidence")).to_be_visible()
    box = page.locator("[data-picture]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.8)
    page.mouse.up()
    page.get_by_role("button", name="Cover it now").click()
    expect(page.get_by_role("button", name="Take back")).to_have_count(2)
    for theme in ("light", "dark"):
        wear(page, theme)
        assert violations(page) == []
    page.get_by_role("button", name="Take back").first.click()
    expect(page.get_by_role("button", name="Take back")).to_have_count(1)
    expect(page.get_by_text("Face, confidence")).to_have_count(0)

"""A lead narrows the grid, tags, gives, deletes and takes back what matches, also what is not on the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import AXE, violations, wear

ANN = """
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project
project = Project.objects.get(name="Demo photos")
person = User.objects.create_user("ann", password="a long pass phrase")
Membership.objects.create(project=project, user=person, role="annotator")
"""
MANY = """
from annotator.projects.models import Image, Project
project = Project.objects.get(name="Demo photos")
first = project.images.first()
Image.objects.bulk_create(
    Image(project=project, name=f"copy {at}.png", sha256=f"{at:064}", source_sha256=f"{at:064}", width=8, height=8,
          thumb_sha256=first.thumb_sha256, media_type="image/png", bytes=1, source_format="PNG")
    for at in range(250)
)
"""


@pytest.fixture(scope="module")
def team(start_app: Callable[[], App]) -> App:
    """An app of its own, with an annotator and 250 images more than a page shows."""
    team = start_app()
    team.manage("shell", "-c", ANN)
    team.manage("shell", "-c", MANY)
    return team


@pytest.fixture
def lead(open_context: Callable[[], BrowserContext], team: App) -> Iterator[Page]:
    """The images of the project, as its owner; the test fails when a script throws there."""
    context = open_context()
    context.add_cookies(team.cookies("demo"))
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(team.editor_address("rocket.jpg").split("images/")[0])
    yield page
    assert not thrown


def search(page: Page, text: str) -> None:
    page.get_by_label("Search by folder or name").fill(text)
    expect(page).to_have_url(re.compile(f"search={text}"))


def test_what_matches_is_tagged_filtered_by_kept_and_taken_back(lead: Page) -> None:
    cards = lead.locator("[data-grid] > li")
    search(lead, "copy")
    expect(cards.first).to_contain_text("copy 0.png")
    cards.first.locator("[data-pick]").check(force=True)
    lead.get_by_role("button", name="Select all that match").click()
    bar = lead.get_by_role("group", name="Selected images")
    expect(bar).to_contain_text("250 images selected")
    bar.get_by_role("button", name="Tag").click()
    lead.get_by_role("dialog").get_by_label("Tag").fill("made up")
    lead.get_by_role("dialog").get_by_role("button", name="Tag", exact=True).click()
    expect(lead.get_by_text("250 images are tagged “made up”.")).to_be_visible()
    expect(cards.first).to_contain_text("made up")
    lead.get_by_label("Search by folder or name").fill("")
    lead.get_by_role("button", name="Filters").click()
    lead.get_by_role("form", name="Filters").get_by_label("Tag").select_option("Without a tag")
    expect(lead).to_have_url(re.compile("tag=none"))
    expect(cards.filter(has_text="copy")).to_have_count(0)
    lead.get_by_role("button", name="Save", exact=True).click()
    lead.get_by_label("Name", exact=True).fill("Real photos")
    lead.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(lead.get_by_label("Saved filters", exact=True)).to_have_value(re.compile(".+"))
    lead.get_by_role("button", name="Clear").click()
    expect(cards.filter(has_text="copy 0.png")).to_have_count(1)
    lead.get_by_label("Saved filters", exact=True).select_option("Real photos")
    expect(cards.filter(has_text="copy")).to_have_count(0)
    lead.reload()
    expect(lead.get_by_role("form", name="Filters").get_by_label("Tag")).to_have_value("none")
    expect(cards.filter(has_text="copy")).to_have_count(0)
    expect(cards.filter(has_text="rocket.jpg")).to_have_count(1)


def test_all_that_match_are_marked_and_deleted_with_undo_and_given_to_somebody(lead: Page) -> None:
    count = lead.locator("[data-count=done]")
    before = count.inner_text()
    search(lead, "copy")
    cards = lead.locator("[data-grid] > li")
    expect(cards.first).to_contain_text("copy 0.png")
    bar = lead.get_by_role("group", name="Selected images")

    def all_of_them() -> None:
        cards.first.locator("[data-pick]").check(force=True)
        bar.get_by_role("button", name="Select all that match").click()
        expect(bar).to_contain_text("250 images selected")

    all_of_them()
    bar.get_by_role("button", name="Mark done").click()
    expect(lead.get_by_text("250 images are marked done.")).to_be_visible()
    expect(count).to_have_text(str(int(before) + 250))
    lead.get_by_role("button", name="Undo").last.click()
    expect(count).to_have_text(before)
    all_of_them()
    bar.get_by_role("button", name="Delete").click()
    expect(lead.get_by_role("heading", name="No image matches")).to_be_visible()
    lead.get_by_role("button", name="Undo").last.click()
    expect(cards.first).to_contain_text("copy 0.png")
    all_of_them()
    bar.get_by_label("Give to").select_option("ann")
    expect(lead.get_by_text("with 250 images is for ann.")).to_be_visible()
    lead.get_by_role("button", name="Filters").click()
    lead.get_by_label("Person").select_option("In no job")
    expect(lead.get_by_role("heading", name="No image matches")).to_be_visible()
    lead.get_by_label("Person").select_option("ann")
    expect(cards.first).to_contain_text("copy 0.png")
    lead.get_by_label("Person").select_option("")
    search(lead, "retina")
    expect(cards.first).to_contain_text("retina.jpg")
    cards.first.locator("[data-pick]").check(force=True)
    bar.get_by_label("Give to").select_option("Pool, each to 2 people")
    expect(lead.get_by_text("2 jobs with 1 image lie in the pool, each image for 2 people.")).to_be_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install in static/)")
@pytest.mark.parametrize("colors", ["dark", "light"])
def test_axe_finds_nothing_with_everything_open(lead: Page, colors: str) -> None:
    lead.emulate_media(reduced_motion="reduce")
    wear(lead, colors)
    if lead.get_by_role("button", name="Filters").get_attribute("aria-expanded") == "false":
        lead.get_by_role("button", name="Filters").click()
    lead.locator("[data-pick]").first.check(force=True)
    assert not violations(lead)
    lead.get_by_role("button", name="Tag", exact=True).click()
    assert not violations(lead)


def test_a_tag_is_renamed_and_deleted_in_the_settings_and_comes_back(lead: Page, team: App) -> None:
    lead.locator("[data-pick]").first.check(force=True)
    lead.get_by_role("button", name="Tag", exact=True).click()
    lead.get_by_role("dialog").get_by_label("Tag").fill("blurred")
    lead.get_by_role("dialog").get_by_role("button", name="Tag", exact=True).click()
    expect(lead.get_by_text("1 image is tagged “blurred”.")).to_be_visible()
    lead.get_by_role("link", name="Settings").click()
    name = lead.get_by_label("Name of blurred")
    name.fill("out of focus")
    name.blur()
    expect(lead.get_by_text("“blurred” is called “out of focus” now.")).to_be_visible()
    lead.get_by_role("button", name="Delete out of focus").click()
    expect(lead.get_by_text("The tag “out of focus” is taken off 1 image.")).to_be_visible()
    expect(lead.get_by_label("Name of out of focus")).to_have_count(0)
    lead.get_by_role("button", name="Undo").last.click()
    expect(lead.get_by_label("Name of out of focus")).to_be_visible()

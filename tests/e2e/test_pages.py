"""The pages outside the editor, driven in Chromium: accessible, usable by keyboard, truthful about uploads."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import AXE, violations, wear


def demo_address(page: Page) -> str:
    """Address of the demo project; the page is left on the list of projects."""
    page.goto("/".join(page.url.split("/")[:3]) + "/")
    return str(page.get_by_role("link", name="Demo photos").evaluate("link => link.href"))


def every_page(home: str, project: str) -> list[str]:
    parts = [f"{project}{part}" for part in ("", "settings/", "exports/", "report/", "automatic/")]
    return [home, *parts, *(f"{home}{part}" for part in ("account/", "models/", "people/", "teams/", "help/"))]


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install in static/)")
@pytest.mark.parametrize("colors", ["dark", "light"])
def test_axe_finds_nothing_on_any_page(page: Page, colors: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    project = demo_address(page)
    home = page.url
    problems = {}
    for address in every_page(home, project):
        page.goto(address)
        page.wait_for_load_state("load")
        wear(page, colors)
        problems[address] = violations(page)
    page.goto(home)
    wear(page, colors)
    page.get_by_role("button", name="New project").first.click()
    problems["new project"] = violations(page)
    page.goto(project)
    wear(page, colors)
    page.get_by_role("button", name="Background work").click()
    expect(page.locator("[data-runs] li").first).to_be_visible()
    problems["background work"] = violations(page)
    assert not {where: found for where, found in problems.items() if found}


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install in static/)")
def test_axe_finds_nothing_on_the_way_in(open_context: Callable[[], BrowserContext], app: App) -> None:
    page = open_context().new_page()
    page.goto(f"{app.url}/signin/link/spent/")
    expect(page.get_by_role("status")).to_contain_text("A link works once")
    assert not violations(page)


@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_no_page_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    project = demo_address(page)
    home = page.url
    for address in every_page(home, project):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address


def test_a_4k_screen_gets_larger_pages_that_stay_inside_it(page: Page) -> None:
    page.set_viewport_size({"width": 3840, "height": 2160})
    project = demo_address(page)
    home = page.url
    for address in every_page(home, project):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        title = page.locator("h1").bounding_box()
        assert title
        assert title["height"] > 34, address
    page.goto(project)
    page.get_by_role("button", name="Background work").click()
    drawer = page.get_by_role("dialog").bounding_box()
    assert drawer
    assert drawer["height"] == 2160


def test_no_bar_has_a_scrollbar_and_no_key_is_stretched(page: Page) -> None:
    project = demo_address(page)
    home = page.url
    page.goto(project)
    assert page.locator(".tabs").evaluate("bar => bar.offsetWidth - bar.clientWidth") == 0
    page.goto(f"{home}help/")
    spare = page.locator("main kbd").evaluate_all("""keys => keys.map(key => {
        const text = document.createRange();
        text.selectNodeContents(key);
        return key.getBoundingClientRect().width - text.getBoundingClientRect().width;
    })""")
    assert spare
    assert max(spare) < 24


def test_the_keyboard_alone_skips_the_bar_opens_menus_and_closes_them(page: Page) -> None:
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    menu = page.locator("details[data-menu]")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_labels_are_made_once_and_reordered_by_keyboard_without_losing_the_place(new_project: Page) -> None:
    page = new_project
    page.get_by_role("link", name="Settings").click()
    names = page.locator("[data-labels] input.input")
    expect(names).to_have_count(2)
    page.get_by_role("button", name="Move up: spoon").focus()
    page.keyboard.press("Enter")
    expect(names.first).to_have_value("spoon")
    expect(names.first).to_be_focused()
    page.get_by_label("Name of the new label").fill("Pan")
    page.keyboard.press("Enter")
    expect(page.get_by_text("already has a label called “Pan”")).to_be_visible()
    page.reload()
    expect(names.first).to_have_value("spoon")


def test_every_file_of_an_upload_is_accounted_for(new_project: Page, tmp_path: Path) -> None:
    page = new_project
    noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    for number in range(3):
        Image.fromarray(np.roll(noise, number, axis=1)).save(tmp_path / f"good {number}.jpg")
    whole = (tmp_path / "good 0.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "twice.jpg").write_bytes(whole)
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "words.jpg").write_text("no picture at all, just words " * 9)
    page.set_input_files("[data-files]", [str(tmp_path / f"good {number}.jpg") for number in range(3)])
    expect(page.locator("[data-uploads] h2")).to_have_text("3 images added")
    page.set_input_files("[data-files]", [str(tmp_path / f"{name}.jpg") for name in ("cut", "twice", "empty", "words")])
    expect(page.locator("[data-uploads] h2")).to_have_text("3 images added · 4 refused")
    reasons = page.locator("[data-uploads] .refused .reason")
    for name in ("cut.jpg", "twice.jpg", "empty.jpg", "words.jpg"):
        expect(reasons.filter(has_text=name)).to_have_count(1)
    expect(page.locator("[data-grid] > li")).to_have_count(3)
    # Each one becomes ready for clicks while the page just stays open.
    expect(page.locator("[data-grid] .chip", has_text=re.compile("Waiting|Preparing"))).to_have_count(0)
    expect(page.locator("[data-runs] li.succeeded")).to_have_count(3)
    page.get_by_role("button", name="Close the list of uploads").click()
    expect(page.locator("[data-uploads]")).to_be_hidden()


def test_search_and_state_narrow_the_grid_and_stay_in_the_address(page: Page) -> None:
    page.goto(demo_address(page))
    cards = page.locator("[data-grid] > li")
    everything = cards.count()
    page.get_by_role("searchbox").fill("CAT")
    expect(cards).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?search=CAT$"))
    page.reload()
    expect(cards).to_have_count(1)
    page.get_by_role("searchbox").fill("nothing like it")
    page.get_by_role("button", name="Show all images").click()
    expect(cards).to_have_count(everything)


def test_a_sign_in_that_ended_is_said_and_leads_back(person: Page, app: App) -> None:
    person.goto(f"{app.url}/account/")
    person.context.clear_cookies(name="sessionid")
    person.get_by_label("What the token is for").fill("script")
    person.get_by_role("button", name="Make token").click()
    expect(person.get_by_role("heading", name="You are signed out")).to_be_visible()
    person.get_by_role("link", name="Sign in").click()
    expect(person).to_have_url(re.compile(r"/signin/\?next=%2Faccount%2F$"))


def test_ticked_images_go_to_the_bin_and_come_back(new_project: Page, tmp_path: Path) -> None:
    page = new_project
    for number in range(3):
        Image.new("RGB", (64, 48), (number * 80, 10, 10)).save(tmp_path / f"plain {number}.png")
    page.set_input_files("[data-files]", [str(tmp_path / f"plain {number}.png") for number in range(3)])
    cards = page.locator("[data-grid] > li")
    expect(cards).to_have_count(3)
    page.locator("[data-pick]").first.check(force=True)
    page.locator("[data-pick]").nth(1).click(modifiers=["Shift"], force=True)
    expect(page.get_by_role("group", name="Selected images")).to_contain_text("2 images selected")
    page.get_by_role("button", name="Mark done").click()
    expect(page.locator("[data-count=done]")).to_have_text("2")
    page.locator("[data-pick]").nth(2).check(force=True)
    page.get_by_role("button", name="Delete").click()
    expect(cards).to_have_count(2)
    page.get_by_role("button", name="Undo").last.click()
    expect(cards).to_have_count(3)
    page.locator("[data-pick]").nth(2).check(force=True)
    page.get_by_role("button", name="Delete").click()
    expect(cards).to_have_count(2)
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Restore plain").click()
    expect(page.get_by_text("The bin is empty.")).to_be_visible()
    page.get_by_role("link", name="Images", exact=True).click()
    expect(cards).to_have_count(3)


def test_marks_are_taken_back_and_the_filter_shows_what_it_says(new_project: Page, tmp_path: Path) -> None:
    page = new_project
    for number in range(2):
        Image.new("RGB", (64, 48), (number * 80, 90, 10)).save(tmp_path / f"plain {number}.png")
    page.set_input_files("[data-files]", [str(tmp_path / f"plain {number}.png") for number in range(2)])
    cards = page.locator("[data-grid] > li")
    expect(cards).to_have_count(2)
    page.locator("[data-pick]").first.check(force=True)
    page.get_by_role("button", name="Mark done").click()
    page.get_by_role("button", name=re.compile("^Done")).click()
    expect(cards).to_have_count(1)
    # By key: the grid may move up in this very moment, for the bar of what was ticked is going.
    page.locator("[data-pick]").first.press("Space")
    page.get_by_role("button", name="Mark new").click()
    expect(cards).to_have_count(0)
    expect(page.locator("[data-count=done]")).to_have_text("0")
    page.get_by_role("button", name="Undo").last.click()
    expect(cards).to_have_count(1)
    expect(page.locator("[data-count=done]")).to_have_text("1")


def test_a_member_who_was_removed_comes_back_with_the_role(new_project: Page, app: App) -> None:
    page = new_project
    app.manage("shell", "-c", "from annotator.accounts.models import User; User.objects.create_user('erin')")
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("User name of the new member").fill("erin")
    page.get_by_label("Role of the new member").select_option("manager")
    page.get_by_role("button", name="Add member").click()
    role = page.get_by_label("Role of erin")
    expect(role).to_have_value("manager")
    page.get_by_role("button", name="Remove erin").click()
    expect(role).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(role).to_have_value("manager")


def test_a_format_says_what_it_has_no_place_for_before_it_is_chosen(page: Page) -> None:
    page.goto(f"{demo_address(page)}exports/")
    hint = page.locator("[data-format-hint]")
    expect(hint).to_contain_text("as COCO run lengths")
    page.get_by_label("Format").select_option("voc")
    expect(hint).to_contain_text("A pixel belongs to the object on top")
    expect(hint).to_contain_text("Left out: attributes of objects")
    page.get_by_label("Format").select_option("datumaro")
    expect(hint).to_contain_text("nothing is lost")
    expect(hint).not_to_contain_text("Left out")

"""Hands quicker than the page's scripts, and work on a page that nobody saved: nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect


@contextmanager
def stays(page: Page) -> Iterator[None]:
    """Stay when the page asks whether to leave, which it has to."""
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        yield
    assert asked.value.type == "beforeunload"


def test_guidelines_that_are_not_saved_are_not_lost_unasked(new_project: Page) -> None:
    page = new_project
    page.get_by_role("link", name="Settings").click()
    page.wait_for_url("**/settings/")
    page.get_by_label("Guidelines").press_sequentially("Whole cups, with the handle.")
    with stays(page):
        page.get_by_role("link", name="Export", exact=True).click()
    expect(page.get_by_label("Guidelines")).to_have_value("Whole cups, with the handle.")
    page.locator("[data-general]").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Export", exact=True).click()
    page.wait_for_url("**/exports/")


def test_what_was_typed_before_the_script_ran_is_not_taken_for_saved(new_project: Page) -> None:
    page = new_project
    page.route("**/pages/settings.js", lambda route: (page.get_by_label("Guidelines").fill("Early"), route.continue_()))
    page.goto(page.url.rstrip("/").removesuffix("/exports") + "/settings/")
    page.get_by_label("Guidelines").click()
    with stays(page):
        page.get_by_role("link", name="Export", exact=True).click()
    expect(page.get_by_label("Guidelines")).to_have_value("Early")


def test_a_button_pressed_before_the_script_ran_does_what_it_says(new_project: Page) -> None:
    page = new_project
    make = page.get_by_role("button", name="Make export")
    page.route("**/pages/exports.js", lambda route: (make.click(), make.click(), route.continue_()))
    page.get_by_role("link", name="Export", exact=True).click()
    expect(page.get_by_role("link", name="Download")).to_have_count(1)
    assert page.url.endswith("/exports/"), "the browser sent the form itself"

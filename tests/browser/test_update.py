"""Rows that change under a person's hand: a press that began before is a click after."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import chromium
from tests.browser.site import site

SETUP = """async () => {
  const { h } = await import('/static/app/dom/element.js');
  const { updateRows } = await import('/static/app/dom/update.js');
  const list = document.body.appendChild(h('ul'));
  window.pressed = [];
  const row = ([id, progress, verb]) => h('li', { id, title: progress }, h('p', {}, progress),
    h('button', { onclick: () => pressed.push(`${verb} ${id}`) }, verb));
  window.show = (...runs) => updateRows(list, runs.map(row));
}"""


@pytest.fixture(scope="module")
def site_page() -> Iterator[Page]:
    if why := chromium.missing():
        pytest.skip(why)
    with site({}) as address, chromium.page(address) as opened:
        yield opened


@pytest.fixture
def page(site_page: Page) -> Page:
    """One row on a page of its own."""
    site_page.reload()
    site_page.evaluate(SETUP)
    show(site_page, ["a", "1 %", "Cancel"])
    return site_page


def show(page: Page, *runs: list[str]) -> None:
    page.evaluate("runs => show(...runs)", runs)


def press(page: Page) -> None:
    page.get_by_role("button", name="Cancel").hover()
    page.mouse.down()


def test_what_looks_the_same_keeps_the_press_on_it(page: Page) -> None:
    press(page)
    show(page, ["a", "2 %", "Cancel"], ["b", "0 %", "Cancel"])
    expect(page.get_by_role("listitem").first).to_have_attribute("title", "2 %")
    expect(page.get_by_role("paragraph").first).to_have_text("2 %")
    page.mouse.up()
    assert page.evaluate("pressed") == ["Cancel a"]


def test_a_button_that_says_something_else_does_what_it_says(page: Page) -> None:
    press(page)
    show(page, ["a", "failed", "Try again"])
    page.mouse.up()
    page.get_by_role("button", name="Try again").click()
    assert page.evaluate("pressed") == ["Try again a"]


def test_rows_come_move_and_go(page: Page) -> None:
    rows = page.get_by_role("listitem").get_by_role("paragraph")
    show(page, ["b", "second", "Cancel"], ["a", "first", "Cancel"], ["c", "third", "Cancel"])
    expect(rows).to_have_text(["second", "first", "third"])
    show(page, ["c", "third", "Cancel"], ["b", "second", "Cancel"])
    expect(rows).to_have_text(["third", "second"])
    show(page)
    expect(rows).to_have_count(0)

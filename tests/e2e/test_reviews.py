"""Submitted, returned with a comment on a place, mended, accepted; a later change goes back to review."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations
from tests.e2e.editor import Editor

pytestmark = pytest.mark.slow

PHOTO = "rocket.jpg"
BODY = (270, 90, 370, 330)
TOWER = (40, 120, 140, 330)
TEAM = """
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project
from annotator.reviews.services import set_rule
project = Project.objects.get(name="Demo photos")
set_rule(project, {"mode": "all"})
for name, role in (("bob", "annotator"), ("dana", "reviewer")):
    user = User.objects.create_user(name, first_name=name.title())
    Membership.objects.create(project=project, user=user, role=role)
"""


@pytest.fixture(scope="module")
def team(start_app: Callable[[], App]) -> App:
    """An app of its own: its demo project reviews everything, Bob annotates, Dana reviews."""
    app = start_app()
    app.manage("shell", "-c", TEAM)
    return app


@pytest.fixture
def pages(team: App, browser: Browser) -> Iterator[dict[str, Page]]:
    """A browser profile each."""
    contexts = {name: browser.new_context(viewport={"width": 1440, "height": 900}) for name in ("bob", "dana")}
    found = {}
    for name, context in contexts.items():
        context.add_cookies(team.cookies(name))
        context.set_default_timeout(30_000)
        found[name] = context.new_page()
    yield found
    for context in contexts.values():
        context.close()


def stands(app: App) -> tuple[str, str]:
    [row] = app.rows("select state, review from projects_image where name = ?", PHOTO)
    return row["state"], row["review"]


def panel(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Review and comments")


def chip(page: Page, word: str) -> Locator:
    return page.locator(".topbar .chip", has_text=re.compile(f"^{word}$"))


def project_page(app: App, page: Page) -> None:
    page.goto(app.url)
    page.get_by_role("link", name="Demo photos").first.click()


def test_an_image_goes_from_hand_to_hand_until_it_is_accepted(team: App, pages: dict[str, Page]) -> None:
    bob, dana = pages["bob"], pages["dana"]

    # Bob marks it done, which submits it.
    bob.goto(team.editor_address(PHOTO))
    maker = Editor(bob).ready()
    maker.add(BODY, "6")
    maker.press("Control+Enter")
    expect(bob.get_by_text(f"{PHOTO} is submitted for review.")).to_be_visible()
    assert stands(team) == ("done", "waiting")

    # Dana takes the next one, pins a comment to a place, and returns it: all by keys.
    project_page(team, dana)
    dana.get_by_role("navigation", name="Project").get_by_role("link", name=re.compile("^Review")).click()
    expect(dana.get_by_role("row", name=re.compile(PHOTO))).to_contain_text("Bob")
    dana.get_by_role("button", name="Next to review").click()
    judge = Editor(dana).ready()
    expect(panel(dana)).to_contain_text("Submitted by Bob")
    dana.mouse.move(*judge.at(90, 200))
    judge.press("Shift+N")
    expect(dana.get_by_label("New comment")).to_be_focused()
    dana.keyboard.type("The tower is missing, @b")
    expect(dana.get_by_role("option", name="Bob")).to_have_attribute("aria-selected", "true")
    dana.keyboard.press("Enter")
    expect(dana.get_by_label("New comment")).to_have_value("The tower is missing, @bob ")
    judge.press("Control+Enter")
    expect(dana.get_by_role("button", name="Comment 1: The tower is missing")).to_be_visible()
    expect(panel(dana).locator(".mention")).to_have_attribute("title", "Bob")
    judge.stage.focus()
    judge.press("Shift+T")
    expect(dana.get_by_label("What is to be changed")).to_be_focused()
    judge.press("Control+Enter")
    expect(dana.get_by_text(f"{PHOTO} is returned.")).to_be_visible()
    assert stands(team) == ("in_progress", "returned")

    # Bob sees it before anything else, on the project's page and with the key for the next unfinished one.
    project_page(team, bob)
    expect(bob.get_by_text("1 image was returned to you")).to_be_visible()
    bob.goto(team.editor_address("coins.png"))
    maker = Editor(bob).ready()
    maker.press("j")
    bob.wait_for_url(team.editor_address(PHOTO))
    maker.ready()
    expect(chip(bob, "returned")).to_be_visible()
    expect(panel(bob)).to_contain_text("The tower is missing, @bob")
    expect(panel(bob)).to_contain_text("Returned by Dana")
    maker.add(TOWER, "2")
    panel(bob).get_by_role("button", name="Settle").click()
    expect(panel(bob)).to_contain_text("1 settled")
    maker.press("Control+Enter")
    expect(bob.get_by_text(f"{PHOTO} is submitted for review.")).to_be_visible()

    # Dana sees what changed since, and accepts.
    judge.stage.focus()
    judge.press("Shift+J")
    judge.ready()
    expect(panel(dana)).to_contain_text("What changed since the last decision")
    change = panel(dana).get_by_role("button", name=re.compile("person"))
    expect(change).to_contain_text("added · Bob")
    change.click()
    expect(judge.objects.and_(dana.locator('[aria-selected="true"]'))).to_contain_text("person")
    assert violations(dana) == []
    judge.stage.focus()
    judge.press("Shift+K")
    expect(dana.get_by_text(f"{PHOTO} is accepted.")).to_be_visible()
    expect(chip(dana, "accepted")).to_be_visible()
    assert stands(team) == ("done", "accepted")
    assert {row["status"] for row in team.annotations(PHOTO)} == {"approved"}

    # A later change goes back to review, and says so.
    bob.goto(team.editor_address(PHOTO))
    maker = Editor(bob).ready()
    expect(chip(bob, "accepted")).to_be_visible()
    maker.objects.first.click()
    maker.press("8")
    maker.expect_saved()
    assert stands(team) == ("done", "waiting")
    project_page(team, dana)
    dana.get_by_role("navigation", name="Project").get_by_role("link", name=re.compile("^Review")).click()
    expect(dana.get_by_role("row", name=re.compile(PHOTO))).to_contain_text("Changed after it was accepted")
    assert violations(dana) == []


def test_the_filters_and_the_settings_are_true(team: App, pages: dict[str, Page]) -> None:
    bob = pages["bob"]
    project_page(team, bob)
    for word in ("In review", "Returned", "Accepted"):
        button = bob.get_by_role("group", name="Show by review").get_by_role("button", name=re.compile(f"^{word}"))
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        count = int(button.locator("[data-count]").inner_text())
        expect(bob.locator(".image-card")).to_have_count(count)
        expect(bob.locator(".image-card .chip", has_text=word)).to_have_count(count)
    bob.get_by_role("button", name="In review").click()
    bob.reload()
    expect(bob.get_by_role("button", name=re.compile("^In review"))).to_have_attribute("aria-pressed", "true")


def test_a_manager_sets_the_rule(team: App, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(team.cookies("demo"))
    page = context.new_page()
    project_page(team, page)
    page.get_by_role("link", name="Settings").click()
    share = page.get_by_label("Share in per cent")
    expect(share).to_be_hidden()
    page.get_by_role("radio", name=re.compile("A random share")).check()
    share.fill("0")
    form = page.locator("[data-rule]")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Type a whole number from 1 to 100.")).to_be_visible()
    share.fill("35")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It counts for what is marked done from now on.")).to_be_visible()
    assert team.rows("select mode, share, own_work from reviews_rule") == [
        {"mode": "share", "share": 35, "own_work": 0}
    ]
    context.close()

"""No accepted click is lost: not to a dead network, a closed tab, or a server that dies.

What the person sees in the end is held against the database.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, expect

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "coins.png"
COIN = (30, 25, 95, 85)
OTHER_COIN = (105, 30, 160, 85)
SAVING = re.compile(r"/annotations/bulk/")


def expect_kept(editor: Editor, app: App, *labels: str) -> None:
    """The page says saved, and what it shows is what the database has."""
    editor.expect_objects(len(labels))
    editor.expect_saved()
    kept = app.kept(PHOTO)
    assert [label for label, _ in kept] == sorted(labels)
    editor.expect_shown(kept)


def again(page: Page, address: str) -> Editor:
    """The photo in a fresh tab of the same browser."""
    page.goto(address)
    return Editor(page).ready()


def test_work_done_offline_is_kept_and_sent_when_the_network_is_back(kept_editor: Editor, own: App) -> None:
    editor = kept_editor
    editor.page.context.set_offline(True)
    editor.add(COIN, "4")
    expect(editor.saved).to_contain_text("offline · 1 kept")
    assert own.kept(PHOTO) == []
    editor.page.context.set_offline(False)
    expect_kept(editor, own, "coin")


def test_an_hour_without_a_network_changes_nothing(editor: Editor, own: App) -> None:
    """The page's clock is wound on; each time the outbox tries again and finds nobody."""
    page = editor.page
    page.clock.install()
    page.route(SAVING, lambda route: route.abort("internetdisconnected"))
    with page.expect_request(SAVING):
        editor.add(COIN, "4")
    for _ in range(7):
        expect(editor.saved).to_contain_text("offline · ")
        with page.expect_event("requestfailed", lambda request: bool(SAVING.search(request.url))):
            page.clock.fast_forward("10:00")
    editor.add(OTHER_COIN, "2")
    expect(editor.saved).to_contain_text("offline · 2 kept")
    assert own.kept(PHOTO) == []
    page.unroute(SAVING)
    page.clock.fast_forward("01:00")
    expect_kept(editor, own, "coin", "person")


def test_work_done_offline_survives_a_closed_tab(editor: Editor, own: App) -> None:
    address, context = editor.page.url, editor.page.context
    context.set_offline(True)
    editor.add(COIN, "4")
    expect(editor.saved).to_contain_text("1 kept")
    editor.page.close()
    context.set_offline(False)
    expect_kept(again(context.new_page(), address), own, "coin")


def test_a_tab_closed_while_saving_loses_nothing(editor: Editor, own: App) -> None:
    """The request is on its way, unanswered, as the tab goes."""
    page, context, held = editor.page, editor.page.context, list[Route]()
    address = page.url
    context.route(SAVING, lambda route: held.append(route))
    with page.expect_request(SAVING):
        editor.add(COIN, "4")
    editor.add(OTHER_COIN, "2")
    page.close()
    context.unroute(SAVING)
    expect_kept(again(context.new_page(), address), own, "coin", "person")


def test_a_reload_without_a_network_loses_nothing(kept_editor: Editor, own: App) -> None:
    editor, context = kept_editor, kept_editor.page.context
    address = editor.page.url
    context.set_offline(True)
    editor.add(COIN, "4")
    expect(editor.saved).to_contain_text("1 kept")
    with pytest.raises(PlaywrightError):
        editor.page.reload()
    context.set_offline(False)
    expect_kept(again(editor.page, address), own, "coin")


def test_a_server_that_is_away_is_said_and_the_work_arrives_when_it_is_back(kept_editor: Editor, own: App) -> None:
    editor, page = kept_editor, kept_editor.page
    page.route(SAVING, lambda route: route.fulfill(status=503, body=""))
    editor.add(COIN, "4")
    expect(editor.saved).not_to_have_text("saved")
    assert own.kept(PHOTO) == []
    page.unroute(SAVING)
    editor.press("Control+s")
    expect_kept(editor, own, "coin")


def test_a_server_killed_while_saving_gets_everything_once_it_is_back(kept_editor: Editor, own: App) -> None:
    """The server stores the first object and dies before it can say so; the second is made while it is dead."""
    editor, page = kept_editor, kept_editor.page

    def store_then_die(route: Route) -> None:
        route.fetch()
        os.kill(own.children()["gunicorn"], signal.SIGKILL)
        route.abort("connectionreset")
        page.unroute(SAVING)

    page.route(SAVING, store_then_die)
    editor.add(COIN, "4")
    editor.add(OTHER_COIN, "2")
    expect_kept(editor, own, "coin", "person")
    page.reload()
    expect_kept(editor.ready(), own, "coin", "person")


SHOWS_THE_FILMSTRIP = "async () => (await (await fetch('/api/v1/me/')).json()).preferences.editor?.filmstrip === true"


def test_a_choice_made_just_before_leaving_is_still_kept(
    open_editor: Callable[..., Editor], own: App, carol: str
) -> None:
    """The page goes long before the pause after which choices are sent."""
    page = open_editor(carol).page
    other = page.context.new_page()
    other.goto(own.url)
    page.bring_to_front()
    page.keyboard.press("u")
    expect(page.locator(".filmstrip")).to_be_visible()
    page.goto("about:blank")
    other.wait_for_function(SHOWS_THE_FILMSTRIP)

"""No accepted click is lost: not to a dead network, a closed tab, an ended session, or a second person."""
from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "coins.png"
COIN = (30, 25, 95, 85)
OTHER_COIN = (105, 30, 160, 85)


@pytest.fixture(scope="module")
def own(start_app: Callable[[], App]) -> App:
    """An app whose photos nobody else annotates."""
    return start_app()


@pytest.fixture
def open_editor(open_context: Callable[[], BrowserContext], own: App) -> Callable[[], Editor]:
    """Open the photo in a browser profile of its own, without objects the first time."""
    cleaned: list[bool] = []

    def make() -> Editor:
        page = open_context().new_page()
        page.goto(own.signin_link())
        editor = Editor.open(page, PHOTO)
        if not cleaned:
            editor.press("Control+a", "Delete")
            editor.expect_objects(0)
            editor.expect_saved()
            cleaned.append(True)
        return editor

    return make


def add(editor: Editor, box: tuple[int, int, int, int], key: str) -> None:
    """Make an object from a box and label it."""
    editor.drag(*box)
    editor.answered()
    editor.press(key)


def labels(app: App) -> list[str]:
    return sorted(row["label_name"] for row in app.annotations(PHOTO))


def signed_in_again(page: Page, app: App) -> None:
    """Sign in in another tab of the same browser."""
    other = page.context.new_page()
    other.goto(app.signin_link())
    other.close()


def test_work_done_offline_is_kept_and_sent_when_the_network_is_back(
    open_editor: Callable[[], Editor], own: App
) -> None:
    editor = open_editor()
    editor.page.context.set_offline(True)
    add(editor, COIN, "4")
    editor.expect_objects(1)
    expect(editor.saved).to_contain_text("offline · 1 kept")
    assert labels(own) == []
    editor.page.context.set_offline(False)
    editor.expect_saved()
    assert labels(own) == ["coin"]


def test_work_done_offline_survives_a_closed_tab(open_editor: Callable[[], Editor], own: App) -> None:
    editor = open_editor()
    address, context = editor.page.url, editor.page.context
    context.set_offline(True)
    add(editor, COIN, "4")
    expect(editor.saved).to_contain_text("1 kept")
    editor.page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    again = Editor(page).ready()
    again.expect_objects(1)
    again.expect_saved()
    assert labels(own) == ["coin"]


def test_an_ended_session_keeps_the_work_until_the_person_is_back(
    open_editor: Callable[[], Editor], own: App
) -> None:
    editor = open_editor()
    editor.page.context.clear_cookies()
    add(editor, COIN, "4")
    expect(editor.saved).to_contain_text("sign in · 1 kept")
    assert labels(own) == []
    signed_in_again(editor.page, own)
    editor.page.reload()
    editor.ready()
    editor.expect_objects(1)
    editor.expect_saved()
    assert labels(own) == ["coin"]


SET_PASSWORD = """
from annotator.accounts.models import User
demo = User.objects.get(username="demo")
demo.set_password("a long pass phrase")
demo.save()
"""


def test_signing_in_again_in_place_sends_what_was_kept(open_editor: Callable[[], Editor], own: App) -> None:
    own.manage("shell", "-c", SET_PASSWORD)
    editor = open_editor()
    page = editor.page
    page.context.clear_cookies()
    add(editor, COIN, "4")
    page.get_by_role("button", name="Sign in", exact=True).click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.get_by_label("User name").fill("demo")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("do not belong together")
    assert labels(own) == []
    dialog.get_by_label("Password").fill("a long pass phrase")
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    editor.expect_saved()
    expect(dialog).to_be_hidden()
    assert labels(own) == ["coin"]
    editor.expect_objects(1)


def test_a_second_browser_sees_new_objects_without_a_reload(open_editor: Callable[[], Editor], own: App) -> None:
    first, second = open_editor(), open_editor()
    add(first, COIN, "4")
    first.expect_saved()
    second.expect_objects(1)
    add(second, OTHER_COIN, "2")
    second.expect_saved()
    first.expect_objects(2)
    assert labels(own) == ["coin", "person"]


@pytest.mark.parametrize(("choice", "label"), [("Keep mine", "spoon"), ("Take theirs", "person")])
def test_two_people_who_change_one_object_are_asked(
    open_editor: Callable[[], Editor], own: App, choice: str, label: str
) -> None:
    first, second = open_editor(), open_editor()
    add(first, COIN, "4")
    first.expect_saved()
    second.expect_objects(1)
    second.page.context.set_offline(True)
    relabel(second, "8")
    expect(second.saved).to_contain_text("1 kept")
    relabel(first, "2")
    first.expect_saved()
    second.page.context.set_offline(False)
    expect(second.saved).to_have_text("1 to decide")
    second.saved.click()
    dialog = second.page.get_by_role("dialog", name="Changed by two people")
    dialog.get_by_role("button", name=choice).click()
    second.expect_saved()
    assert labels(own) == [label]
    expect(first.objects.first).to_contain_text(label)


def test_keeping_both_leaves_two_objects(open_editor: Callable[[], Editor], own: App) -> None:
    first, second = open_editor(), open_editor()
    add(first, COIN, "4")
    first.expect_saved()
    second.expect_objects(1)
    second.page.context.set_offline(True)
    relabel(second, "8")
    expect(second.saved).to_contain_text("1 kept")
    relabel(first, "2")
    first.expect_saved()
    second.page.context.set_offline(False)
    second.page.get_by_role("button", name="Decide", exact=True).click()
    dialog = second.page.get_by_role("dialog", name="Changed by two people")
    dialog.get_by_role("button", name="Keep both").click()
    second.expect_saved()
    expect(dialog).to_be_hidden()
    assert labels(own) == ["person", "spoon"]
    for editor in (first, second):
        editor.expect_objects(2)


def relabel(editor: Editor, key: str) -> None:
    editor.objects.first.click()
    editor.press(key)


def test_changes_to_different_things_are_merged_without_a_question(
    open_editor: Callable[[], Editor], own: App
) -> None:
    first, second = open_editor(), open_editor()
    add(first, COIN, "4")
    first.expect_saved()
    second.expect_objects(1)
    second.page.context.set_offline(True)
    relabel(second, "8")
    expect(second.saved).to_contain_text("1 kept")
    first.objects.first.click()
    first.press("l")
    first.expect_saved()
    second.page.context.set_offline(False)
    second.expect_saved()
    [stored] = own.annotations(PHOTO)
    assert (stored["label_name"], bool(stored["locked"])) == ("spoon", True)
    first.press("l")
    first.expect_saved()


def test_a_server_that_is_away_is_said_and_the_work_arrives_when_it_is_back(
    open_editor: Callable[[], Editor], own: App
) -> None:
    editor = open_editor()
    page = editor.page

    def refuse(route: Any) -> None:
        route.fulfill(status=503, body="")

    page.route(re.compile(r"/annotations/bulk/"), refuse)
    add(editor, COIN, "4")
    expect(editor.saved).not_to_have_text("saved")
    assert labels(own) == []
    page.unroute(re.compile(r"/annotations/bulk/"))
    editor.press("Control+s")
    editor.expect_saved()
    assert labels(own) == ["coin"]


def test_a_server_killed_while_saving_gets_everything_once_it_is_back(
    open_editor: Callable[[], Editor], own: App
) -> None:
    """The server stores the first object and dies before it can say so; the second is made while it is dead."""
    editor = open_editor()
    page = editor.page

    def store_then_die(route: Any) -> None:
        route.fetch()
        os.kill(own.children()["gunicorn"], signal.SIGKILL)
        route.abort("connectionreset")
        page.unroute(re.compile(r"/annotations/bulk/"))

    page.route(re.compile(r"/annotations/bulk/"), store_then_die)
    add(editor, COIN, "4")
    add(editor, OTHER_COIN, "2")
    editor.expect_objects(2)
    editor.expect_saved()
    assert labels(own) == ["coin", "person"]
    shown = [float(text) for text in own_areas(own)]
    page.reload()
    editor.ready()
    editor.expect_objects(2)
    editor.expect_saved()
    assert [float(text) for text in own_areas(own)] == shown


def own_areas(app: App) -> list[str]:
    return sorted(str(row["area"]) for row in app.annotations(PHOTO))


def test_a_reload_without_a_network_loses_nothing(open_editor: Callable[[], Editor], own: App) -> None:
    editor = open_editor()
    address, context = editor.page.url, editor.page.context
    context.set_offline(True)
    add(editor, COIN, "4")
    expect(editor.saved).to_contain_text("1 kept")
    with pytest.raises(PlaywrightError):
        editor.page.reload()
    context.set_offline(False)
    editor.page.goto(address)
    editor.ready()
    editor.expect_objects(1)
    editor.expect_saved()
    assert labels(own) == ["coin"]


ADD_CAROL = """
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project
carol = User.objects.create_user("carol")
Membership.objects.create(project=Project.objects.get(name="Demo photos"), user=carol, role="annotator")
"""


def test_two_people_see_that_the_other_has_the_photo_open(
    open_editor: Callable[[], Editor], open_context: Callable[[], BrowserContext], own: App
) -> None:
    own.manage("shell", "-c", ADD_CAROL)
    first = open_editor()
    page = open_context().new_page()
    page.goto(own.signin_link("carol"))
    Editor.open(page, PHOTO)
    expect(page.get_by_role("img", name="demo has this image open too")).to_be_visible()
    expect(first.page.get_by_role("img", name="carol has this image open too")).to_be_visible()

"""Two people at one photo, and one browser that two people use: nothing is lost, nothing is done in another's name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "rocket.jpg"
ROCKET = (270, 90, 370, 330)
TOWER = (40, 120, 140, 330)
PASSWORD = "a long pass phrase"


def labels(app: App) -> list[str]:
    return [label for label, _ in app.kept(PHOTO)]


def expect_same(app: App, *editors: Editor) -> None:
    """Everybody sees what the database has."""
    kept = app.kept(PHOTO)
    for editor in editors:
        editor.expect_objects(len(kept))
        editor.expect_saved()
        editor.expect_shown(kept)


def relabel(editor: Editor, key: str) -> None:
    editor.objects.first.click()
    editor.press(key)


@pytest.fixture
def pair(kept_pair: tuple[Editor, Editor]) -> tuple[Editor, Editor]:
    """Two browsers that both show one object of the first one's."""
    first, second = kept_pair
    first.add(ROCKET, "6")
    first.expect_saved()
    second.expect_objects(1)
    return first, second


@pytest.fixture
def pair_in_conflict(pair: tuple[Editor, Editor]) -> tuple[Editor, Editor]:
    """The second one, offline, calls it a spoon; the first one calls it a person."""
    first, second = pair
    second.page.context.set_offline(True)
    relabel(second, "8")
    expect(second.saved).to_contain_text("1 kept")
    relabel(first, "2")
    first.expect_saved()
    second.page.context.set_offline(False)
    expect(second.saved).to_have_text("1 to decide")
    return first, second


def decision(editor: Editor) -> Locator:
    return editor.page.get_by_role("dialog", name="Changed by two people")


def test_a_second_browser_sees_new_objects_without_a_reload(pair: tuple[Editor, Editor], own: App) -> None:
    first, second = pair
    second.add(TOWER, "2")
    second.expect_saved()
    first.expect_objects(2)
    assert labels(own) == ["person", "rocket"]
    expect_same(own, first, second)


@pytest.mark.parametrize(("choice", "label"), [("Keep mine", "spoon"), ("Take theirs", "person")])
def test_two_people_who_change_one_object_are_asked(
    pair_in_conflict: tuple[Editor, Editor], own: App, choice: str, label: str
) -> None:
    first, second = pair_in_conflict
    second.saved.click()
    decision(second).get_by_role("button", name=choice).click()
    second.expect_saved()
    assert labels(own) == [label]
    expect(first.objects.first).to_contain_text(label)
    expect_same(own, first, second)


def test_keeping_both_leaves_two_objects(pair_in_conflict: tuple[Editor, Editor], own: App) -> None:
    first, second = pair_in_conflict
    decide = second.page.get_by_role("button", name="Decide", exact=True)
    decide.click()
    expect(decision(second).get_by_text(re.compile("^Mine: spoon"))).to_be_visible()
    expect(decision(second).get_by_text(re.compile("^Theirs: person"))).to_be_visible()
    decision(second).get_by_role("button", name="Keep both").click()
    expect(decision(second)).to_be_hidden()
    expect(decide).to_have_count(0)
    second.expect_saved()
    assert labels(own) == ["person", "spoon"]
    expect_same(own, first, second)


ADD_VIEWER = """
from annotator.accounts.models import User
from annotator.projects.models import Label, Membership, Project
vic = User.objects.create_user("vic", password="a long pass phrase")
Membership.objects.create(project=Project.objects.get(name="Demo photos"), user=vic, role="viewer")
Label.objects.filter(name="rocket").update(attributes=[{"name": "stages", "kind": "number"}])
"""


def test_who_may_only_look_reads_everything_and_is_offered_no_change(
    open_editor: Callable[..., Editor], kept_editor: Editor, own: App
) -> None:
    own.manage("shell", "-c", ADD_VIEWER)
    maker = kept_editor
    maker.add(ROCKET, "6")
    maker.expect_saved()
    before = own.annotations(PHOTO)
    viewer = open_editor("vic", cleared=False)
    viewer.objects.first.click()
    expect(viewer.page.get_by_label("stages")).to_be_disabled()
    expect(viewer.options).to_be_hidden()
    expect(viewer.page.locator(".row-button")).to_have_count(0)
    for name in ("Smart tool", "Brush", "Undo", "Redo"):
        expect(viewer.page.get_by_role("button", name=re.compile(f"^{name}"))).to_be_disabled()
    viewer.stage.focus()
    viewer.press("s", "b", "1", "h", "l", "Delete", "Control+d", "+", "Shift+h")
    viewer.expect_objects(1)
    viewer.expect_saved()
    assert own.annotations(PHOTO) == before


def test_changes_to_different_things_are_merged_without_a_question(pair: tuple[Editor, Editor], own: App) -> None:
    first, second = pair
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


def test_two_people_see_that_the_other_has_the_photo_open(
    open_editor: Callable[..., Editor], kept_editor: Editor, carol: str
) -> None:
    first, second = kept_editor, open_editor(carol, cleared=False)
    expect(second.page.get_by_role("img", name="demo has this image open too")).to_be_visible()
    expect(first.page.get_by_role("img", name="carol has this image open too")).to_be_visible()


def test_an_ended_session_keeps_the_work_until_the_person_is_back(editor: Editor, own: App) -> None:
    context = editor.page.context
    context.clear_cookies()
    editor.add(ROCKET, "6")
    expect(editor.saved).to_contain_text("sign in · 1 kept")
    assert labels(own) == []
    context.add_cookies(own.cookies())  # signed in again in another tab
    editor.page.reload()
    editor.ready()
    editor.expect_objects(1)
    editor.expect_saved()
    assert labels(own) == ["rocket"]
    expect_same(own, editor)


def sign_in_dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Sign in again")


def sign_in(page: Page, name: str, password: str) -> None:
    """Fill in the dialog and send it."""
    dialog = sign_in_dialog(page)
    dialog.get_by_label("User name").fill(name)
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Sign in", exact=True).click()


def test_signing_in_again_in_place_sends_what_was_kept(
    open_editor: Callable[..., Editor], own: App, carol: str
) -> None:
    editor = open_editor(carol)
    page = editor.page
    page.context.clear_cookies()
    editor.add(ROCKET, "6")
    page.get_by_role("button", name="Sign in", exact=True).click()
    dialog = sign_in_dialog(page)
    expect(dialog.get_by_label("User name")).to_have_value(carol)
    expect(dialog.get_by_label("Password")).to_be_focused()
    sign_in(page, carol, "wrong")
    expect(dialog.get_by_role("alert")).to_contain_text("do not belong together")
    expect(dialog.get_by_label("Password")).to_be_focused()
    assert labels(own) == []
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    editor.expect_saved()
    assert labels(own) == ["rocket"]
    expect_same(own, editor)


def test_work_of_one_person_is_never_sent_in_the_name_of_another(
    open_editor: Callable[..., Editor], own: App, carol: str
) -> None:
    """Carol's tab has unsent work as somebody else signs in in the next tab: the background's tries are refused."""
    editor = open_editor(carol)
    page, context = editor.page, editor.page.context
    context.set_offline(True)
    editor.add(ROCKET, "6")
    expect(editor.saved).to_contain_text("1 kept")
    other = context.new_page()
    context.add_cookies(own.fresh_cookies("demo"))  # Carol, signing in over it, ends it
    context.set_offline(False)
    expect(editor.saved).to_contain_text("sign in · 1 kept")
    expect(page.get_by_text("demo has signed in in this browser")).to_be_visible()
    other.goto(own.editor_address(PHOTO))
    seen = Editor(other).ready()
    seen.expect_saved()
    assert labels(own) == []
    page.bring_to_front()
    editor.saved.click()
    sign_in(page, carol, PASSWORD)
    expect(sign_in_dialog(page)).to_be_hidden()
    editor.expect_saved()
    [row] = own.annotations(PHOTO)
    assert own.rows("select username from accounts_user where id = ?", row["author_id"]) == [{"username": carol}]
    expect_same(own, editor)
    # Now it is the other tab that belongs to somebody who is signed out.
    seen.add(TOWER, "2")
    expect(seen.saved).to_contain_text("sign in · 1 kept")
    assert labels(own) == ["rocket"]

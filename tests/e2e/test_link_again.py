"""Who came by a sign-in link has no password: what the page says when the sign-in ends, and the way back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.app import App, enter
from tests.e2e.editor import Editor

PHOTO = "retina.jpg"


def test_a_link_person_is_asked_for_a_link_and_no_work_is_lost(editor: Editor, own: App) -> None:
    page = editor.page
    # As another browser session would be: signed out by the server, the page still open.
    page.context.clear_cookies()
    editor.press("r")
    editor.drag(40, 20, 120, 110)
    editor.expect_objects(1)
    expect(editor.saved).to_contain_text("sign in · 1 kept")
    page.get_by_role("button", name="Sign in", exact=True).click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_text("You have no password here", exact=False)).to_be_visible()
    expect(dialog.locator("input")).to_have_count(0)

    dialog.get_by_role("button", name="I am back").click()
    expect(dialog.get_by_role("alert")).to_contain_text("You are not signed in yet as")
    assert own.kept(PHOTO) == []

    # The link is opened in another tab of the same browser; the work goes on its way from here.
    other = page.context.new_page()
    enter(other, own.signin_link())
    # The page may find it out by itself: pressed only where it is still there.
    dialog.get_by_role("button", name="I am back").evaluate_all("buttons => buttons.forEach(button => button.click())")
    expect(dialog).to_be_hidden()
    editor.expect_saved()
    assert len(own.kept(PHOTO)) == 1

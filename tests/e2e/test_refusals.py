"""What the server refuses is said as what it is, and the work is not lost; what has no pixel becomes no object."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "coins.png"
PLACE, OTHER = (40, 20, 120, 110), (200, 150, 260, 210)
ADD_LABEL = """
from annotator.projects.models import Label, Project
project = Project.objects.get(name="Demo photos")
Label.objects.get_or_create(project=project, name="passing", defaults=dict(color="#8a63d2", order=50))
"""
REMOVE_LABEL = """
from annotator.projects.models import Label
Label.objects.filter(name="passing").delete()
"""
BIN = """
from django.utils import timezone
from annotator.projects.models import Image
Image.with_bin.filter(name="coins.png").update(deleted_at={when})
"""


def refused(page: Page) -> None:
    """The dialog is open and calls nothing a conflict."""
    dialog = page.get_by_role("dialog", name="Not accepted")
    expect(dialog).to_be_visible()
    expect(page.get_by_text("Someone else changed")).to_have_count(0)
    expect(dialog.get_by_text("Changed by two people")).to_have_count(0)


def test_objects_whose_label_was_deleted_get_another_one_together(editor: Editor, own: App) -> None:
    page = editor.page
    own.manage("shell", "-c", ADD_LABEL)
    page.reload()
    editor.ready()
    editor.labels.get_by_text("passing").click()
    own.manage("shell", "-c", REMOVE_LABEL)
    editor.press("r")
    editor.drag(*PLACE)
    editor.drag(*OTHER)
    editor.expect_objects(2)
    expect(editor.saved).to_have_text("2 not accepted")
    editor.saved.click()
    refused(page)
    dialog = page.get_by_role("dialog", name="Not accepted")
    expect(dialog.get_by_text("Give it another label and send it again.")).to_have_count(1)
    dialog.get_by_label("Another label").select_option("coin")
    dialog.get_by_role("button", name="Send again").click()
    expect(dialog).to_be_hidden()
    editor.expect_saved()
    assert [label for label, _ in own.kept(PHOTO)] == ["coin", "coin"]
    editor.expect_shown(own.kept(PHOTO))


def test_an_image_in_the_bin_is_no_conflict_and_the_copy_outlives_it(kept_editor: Editor, own: App) -> None:
    editor, page = kept_editor, kept_editor.page
    own.manage("shell", "-c", BIN.format(when="timezone.now()"))
    editor.press("r")
    editor.drag(*PLACE)
    expect(editor.saved).to_have_text("1 not accepted")
    page.get_by_role("button", name="Decide", exact=True).click()
    refused(page)
    dialog = page.get_by_role("dialog", name="Not accepted")
    expect(dialog.get_by_text("There is no such image", exact=False)).to_be_visible()
    dialog.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("One object copied.", exact=False)).to_be_visible()
    own.manage("shell", "-c", BIN.format(when="None"))
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog).to_be_hidden()
    editor.expect_objects(0)
    editor.expect_saved()
    editor.press("Control+v")
    editor.expect_objects(1)
    editor.expect_saved()
    assert len(own.kept(PHOTO)) == 1


def test_a_prompt_without_a_pixel_says_so_and_makes_nothing(kept_editor: Editor, own: App) -> None:
    """Smaller and smaller boxes: each leaves an object with pixels, or a sentence."""
    editor = kept_editor
    told = editor.page.locator(".toast").get_by_text("There is no mask here", exact=False)
    for side in (9, 5, 3, 2):
        before = editor.objects.count()
        editor.drag(3, 3, 3 + side, 3 + side)
        editor.press("Enter")
        expect(editor.objects.nth(before).or_(told).first).to_be_visible()
        if editor.objects.count() == before:  # and not whether it is told still: a message goes by itself
            editor.press("Escape")
            editor.close_messages()
    editor.expect_saved()
    assert all(pixels > 0 for _, pixels in own.kept(PHOTO))

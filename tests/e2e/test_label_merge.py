"""A label that objects carry is merged into another one and comes back, while somebody has one of its images open."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.app import App
from tests.e2e.editor import Editor

PHOTO = "retina.jpg"
ADD_LABEL = """
from annotator.projects.models import Label, Project
project = Project.objects.get(name="Demo photos")
Label.objects.get_or_create(project=project, name="misspelt", defaults=dict(color="#8a63d2", order=50))
"""
NOT_LISTED = "name => [...document.querySelectorAll('[data-labels] input')].every(({ value }) => value !== name)"


def test_a_used_label_is_merged_and_comes_back_and_the_open_editor_hears_of_it(editor: Editor, own: App) -> None:
    page = editor.page
    own.manage("shell", "-c", ADD_LABEL)
    page.reload()
    editor.ready()
    editor.labels.get_by_text("misspelt").click()
    editor.press("r")
    editor.drag(40, 20, 120, 110)
    editor.drag(200, 150, 260, 210)
    editor.expect_objects(2)
    editor.expect_saved()

    settings = page.context.new_page()
    settings.goto(page.url.split("/images/")[0] + "/settings/")
    settings.get_by_role("button", name="Merge into…: misspelt").click()
    dialog = settings.get_by_role("dialog", name="Merge “misspelt” into another label")
    dialog.get_by_label("Into").select_option("coin")
    expect(dialog.get_by_text("2 objects called “misspelt” will be called “coin”", exact=False)).to_be_visible()
    dialog.get_by_role("button", name="Merge 2 objects").click()
    expect(dialog).to_be_hidden()
    expect(settings.get_by_text("“misspelt” is merged into “coin”: 2 objects.")).to_be_visible()
    settings.wait_for_function(NOT_LISTED, arg="misspelt")

    assert [label for label, _ in own.kept(PHOTO)] == ["coin", "coin"]
    # Without a reload.
    expect(editor.objects.get_by_text("coin", exact=True)).to_have_count(2)

    settings.get_by_role("button", name="Undo").click()
    expect(settings.get_by_text("“misspelt” is back: 2 objects.")).to_be_visible()
    expect(settings.locator("[data-labels] input.input").last).to_have_value("misspelt")
    expect(settings.get_by_label("Colour of misspelt")).to_have_value("#8a63d2")
    assert [label for label, _ in own.kept(PHOTO)] == ["misspelt", "misspelt"]
    expect(editor.objects.get_by_text("misspelt", exact=True)).to_have_count(2)
    # What is changed next is no conflict.
    editor.press("Control+a", "Delete")
    editor.expect_objects(0)
    editor.expect_saved()
    assert own.kept(PHOTO) == []


def test_an_undo_that_cannot_be_says_why_and_works_once_that_is_mended(editor: Editor, own: App) -> None:
    page = editor.page
    own.manage("shell", "-c", ADD_LABEL)
    page.goto(page.url.split("/images/")[0] + "/settings/")
    page.get_by_role("button", name="Merge into…: misspelt").click()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("“misspelt” is merged into", exact=False)).to_be_visible()
    page.get_by_label("Name of the new label").fill("Misspelt")
    page.get_by_role("button", name="Add label").click()
    new = page.get_by_role("button", name="Delete label: Misspelt")
    expect(new).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(
        page.get_by_text("There is a new label called “misspelt”, so nothing was changed.", exact=False)
    ).to_be_visible()
    new.click()
    expect(new).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("“misspelt” is back: 0 objects.")).to_be_visible()

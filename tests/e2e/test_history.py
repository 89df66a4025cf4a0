"""A lead undoes one person's work and brings it back, and puts an image back to an earlier time."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations

PHOTO = "coins.png"
BOB_DREW = """
from annotator.accounts.models import User
from annotator.annotations.services import create
from annotator.projects.models import Image, Membership, Project
from export import rle
import numpy as np
project = Project.objects.get(name="Demo photos")
bob = User.objects.create_user("bob", first_name="Bob")
Membership.objects.create(project=project, user=bob, role="annotator")
image = project.images.get(name="coins.png")
for x in (40, 160):
    mask = np.zeros((image.height, image.width), bool)
    mask[60:120, x:x + 60] = True
    create(image, bob, None, {"rle": rle.encode(mask).to_json(), "label": project.labels.first().pk})
"""


@pytest.fixture(scope="module")
def team(start_app: Callable[[], App]) -> App:
    """An app of its own, in whose demo project Bob drew two objects."""
    app = start_app()
    app.manage("shell", "-c", BOB_DREW)
    return app


def project_of(app: App) -> str:
    [row] = app.rows("select id from projects_project where name = ?", "Demo photos")
    return str(uuid.UUID(row["id"]))


def image_of(app: App) -> str:
    [row] = app.rows("select id from projects_image where name = ?", PHOTO)
    return str(uuid.UUID(row["id"]))


def test_a_person_s_work_is_undone_and_brought_back(team: App, open_as: Callable[[str, str], Page]) -> None:
    page = open_as("demo", f"/projects/{project_of(team)}/history/")
    expect(page.get_by_text("Nothing yet. Work that is undone here")).to_be_visible()
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Choose this first.").first).to_be_visible()
    page.get_by_label("Person").select_option("Bob")
    page.get_by_label("From").fill("2020-01-01T00:00")
    page.get_by_label("Until").fill("2099-01-01T00:00")
    page.get_by_role("button", name="Show what would change").click()
    look = page.get_by_role("region", name="What would change")
    expect(look.locator("[data-counts]")).to_contain_text("2made by the person, go")
    expect(look.get_by_text("1 image changes.")).to_be_visible()
    assert violations(page) == []
    look.get_by_role("button", name="Undo this work").click()
    row = page.get_by_role("row", name="The work of Bob")
    expect(row).to_contain_text("2 removed")
    row.get_by_role("button", name="Bring back").click()
    expect(row).to_contain_text("Undone: 2 brought back")
    page.reload()
    expect(row).to_contain_text("Undone: 2 brought back")


def test_an_image_goes_back_to_a_moment_and_that_is_undone(team: App, open_as: Callable[[str, str], Page]) -> None:
    page = open_as("demo", f"/projects/{project_of(team)}/")
    card = page.locator(f"[data-image='{image_of(team)}']")
    card.hover()
    card.get_by_role("link", name=f"History of {PHOTO}").click()
    expect(page.get_by_role("button", name="Bob")).to_contain_text("2 made")
    page.get_by_role("button", name="Before all of this: empty").click()
    look = page.get_by_role("region", name="What would change")
    expect(look.locator("[data-removed]")).to_have_text("2")
    assert violations(page) == []
    look.get_by_role("button", name="Put the image back to then").click()
    expect(page.get_by_text("The image is put back.")).to_be_visible()
    expect(page.get_by_text("0 objects", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Undone: the image is as it was before.")).to_be_visible()
    expect(page.get_by_text("2 objects", exact=True)).to_be_visible()

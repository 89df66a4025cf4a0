"""Two people annotate the same photo without seeing each other's work, and the lead makes one of both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations, wear

pytestmark = pytest.mark.slow

PEOPLE = """
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project
project = Project.objects.get(name="Demo photos")
for name in ("ann", "ben"):
    person = User.objects.create_user(name, password="a long pass phrase")
    Membership.objects.create(project=project, user=person, role="annotator")
"""
DRAW = """
import numpy as np
from annotator.accounts.models import User
from annotator.annotations import services
from annotator.projects.models import Image
from annotator.projects.services import set_state
from export.rle import encode
for name, boxes in (("ann", [(40, 40, 120, 90), (220, 60, 60, 60)]), ("ben", [(46, 40, 120, 90)])):
    person = User.objects.get(username=name)
    copy = Image.workable.get(in_job__job__assignee=person, name="rocket.jpg")
    label = copy.project.labels.first()
    for x, y, width, height in boxes:
        mask = np.zeros((copy.height, copy.width), bool)
        mask[y : y + height, x : x + width] = True
        services.create(copy, person, None, {"rle": encode(mask).to_json(), "label": label.pk})
"""


@pytest.fixture(scope="module")
def team(start_app: Callable[[], App]) -> App:
    team = start_app()
    team.manage("shell", "-c", PEOPLE)
    return team


def submit(page: Page) -> None:
    """Open the image of one's job, and mark it done."""
    page.get_by_role("button", name="Next job of Demo photos").or_(
        page.get_by_role("link", name="Continue")
    ).first.click()
    page.wait_for_url("**/edit/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("rocket.jpg")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".toasts")).to_contain_text("rocket.jpg is done")


def test_two_people_and_a_lead(team: App, open_as: Callable[[str, str], Page]) -> None:
    project = team.editor_address("rocket.jpg").removeprefix(team.url).split("images/")[0]
    lead = open_as("demo", f"{project}jobs/")
    lead.get_by_role("button", name="New jobs").first.click()
    dialog = lead.get_by_role("dialog", name="New jobs")
    dialog.get_by_label("Folder or name contains").fill("rocket")
    dialog.get_by_label("Each image to").fill("4")
    dialog.get_by_role("button", name="Make jobs").click()
    expect(dialog).to_contain_text("3 people may annotate in this project")
    dialog.get_by_label("Each image to").fill("2")
    for name in ("ann", "ben"):
        dialog.get_by_role("checkbox", name=name).check()
    dialog.get_by_role("button", name="Make jobs").click()
    expect(lead.locator(".toasts")).to_contain_text("2 jobs with 1 image made")

    team.manage("shell", "-c", DRAW)
    for name in ("ann", "ben"):
        submit(open_as(name, f"{project}jobs/"))

    lead.goto(f"{team.url}{project}agreement/")
    row = lead.get_by_role("row").filter(has_text="rocket.jpg")
    expect(row).to_contain_text("1 of 2 objects")
    expect(lead.get_by_role("row").filter(has_text="ann and ben")).to_contain_text("0.90")
    for theme in ("light", "dark"):
        wear(lead, theme)
        assert violations(lead) == []
    row.get_by_role("link", name="Compare and merge").click()
    objects = lead.get_by_role("table")
    expect(objects.get_by_role("row").filter(has_text="differs")).to_contain_text("Left out")
    assert violations(lead) == []
    objects.get_by_role("row").filter(has_text="differs").get_by_role("radio").first.check()
    lead.get_by_role("button", name="Merge what is chosen").click()
    expect(lead.get_by_text("No image waits")).to_be_visible()
    lead.get_by_role("link", name="Merged", exact=True).click()
    merged = lead.get_by_role("row").filter(has_text="rocket.jpg")
    expect(merged).to_contain_text("By hand")
    merged.get_by_role("link", name="Look").click()
    lead.get_by_role("button", name="Take the merge back").click()
    expect(lead.get_by_role("button", name="Merge by vote")).to_be_visible()

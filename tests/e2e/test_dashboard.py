"""Work done in the editor stands on the dashboard: for who did it, and hidden from others where the project says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations, wear
from tests.e2e.editor import Editor

pytestmark = pytest.mark.slow

PHOTO = "rocket.jpg"
TEAM = """
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project
project = Project.objects.get(name="Demo photos")
for name in ("bob", "ann"):
    user = User.objects.create_user(name, first_name=name.title())
    Membership.objects.create(project=project, user=user, role="annotator")
"""


@pytest.fixture(scope="module")
def team(start_app: Callable[[], App]) -> App:
    """An app of its own: Bob and Ann annotate beside the demo person, who leads."""
    app = start_app()
    app.manage("shell", "-c", TEAM)
    return app


def opened(app: App, context: BrowserContext, who: str, path: str) -> Page:
    context.add_cookies(app.cookies(who))
    page = context.new_page()
    page.goto(app.editor_address(PHOTO).split("images/")[0] + path)
    return page


def test_what_is_done_in_the_editor_stands_on_the_dashboard(
    team: App, open_context: Callable[[], BrowserContext]
) -> None:
    bob = opened(team, open_context(), "bob", "dashboard/")
    expect(bob.get_by_text("Nothing was done in this period.")).to_be_visible()
    bob.goto(team.editor_address(PHOTO))
    maker = Editor(bob).ready()
    maker.add((270, 90, 370, 330), "6")
    maker.press("Control+Enter")
    expect(bob.get_by_text(f"{PHOTO} is done")).to_be_visible()

    lead = opened(team, open_context(), "demo", "dashboard/")
    row = lead.get_by_role("group", name="Numbers by person").get_by_role("row", name="Bob")
    expect(row.get_by_role("cell")).to_contain_text(["1", "1"])
    expect(lead.get_by_role("img", name="Images by state at the end of each day")).to_be_visible()
    row.get_by_role("link", name="Bob").click()
    expect(lead.get_by_role("heading", name="Bob in the last 30 days")).to_be_visible()
    for theme in ("dark", "light"):
        wear(lead, theme)
        assert violations(lead) == []

    # Ann sees Bob's row until the lead says otherwise; Bob sees his own all the time.
    ann = opened(team, open_context(), "ann", "dashboard/")
    expect(ann.get_by_role("link", name="Bob")).to_be_visible()
    lead.get_by_role("link", name="Show everybody").click()
    lead.get_by_role("link", name="Change that").click()
    lead.get_by_label("Numbers of single people").select_option("Only owners and managers see them")
    lead.locator("[data-general]").get_by_role("button", name="Save").click()
    expect(lead.get_by_text("Saved.")).to_be_visible()
    ann.reload()
    expect(ann.get_by_role("heading", name="You", exact=True)).to_be_visible()
    expect(ann.get_by_role("link", name="Bob")).to_have_count(0)
    bob.goto(ann.url)
    expect(bob.get_by_role("row", name="Bob")).to_contain_text("You")

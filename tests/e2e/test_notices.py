"""The bell: who is given work hears of it, and reading it takes the number away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations, wear

pytestmark = pytest.mark.slow

GIVE = """
from annotator.accounts.models import User
from annotator.jobs.split import Wanted, split
from annotator.projects.models import Membership, Project
from annotator.reviews.discussion import open_thread
project = Project.objects.get(name="Demo photos")
bob = User.objects.create_user("bob", first_name="Bob")
Membership.objects.create(project=project, user=bob, role="annotator")
lead = User.objects.get(username="demo")
split(project, lead, Wanted(jobs=1, name="Quay", assignees=[bob.pk]))
open_thread(project.images.get(name="rocket.jpg"), lead, "The tower is missing, @bob.")
"""


@pytest.fixture(scope="module")
def team(start_app: Callable[[], App]) -> App:
    """An app of its own, where Bob was given a job and mentioned in a comment."""
    app = start_app()
    app.manage("shell", "-c", GIVE)
    return app


def bell(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Tools").get_by_role("link", name="Notices").first


def test_the_bell_counts_what_was_not_read(team: App, open_context: Callable[[], BrowserContext]) -> None:
    context = open_context()
    context.add_cookies(team.cookies("bob"))
    page = context.new_page()
    page.goto(team.url)
    expect(bell(page)).to_have_accessible_name("Notices 2 unread")
    bell(page).click()
    expect(page.get_by_role("list").get_by_role("listitem")).to_have_count(2)
    for theme in ("dark", "light"):
        wear(page, theme)
        assert violations(page) == []

    page.get_by_role("button", name="Mark as read: ").last.click()
    expect(bell(page)).to_have_accessible_name("Notices 1 unread")
    page.get_by_role("link", name="mentioned you on rocket.jpg").click()
    page.wait_for_url("**/edit/#review")
    expect(page.get_by_text("The tower is missing, @bob.")).to_be_visible()

    page.goto(f"{team.url}/notices/")
    expect(bell(page)).to_have_accessible_name("Notices")
    expect(page.get_by_role("button", name="Mark all as read")).to_have_count(0)

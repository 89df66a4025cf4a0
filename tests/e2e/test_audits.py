"""Masks audited blindly, from the draw to the numbers; and two models' answers rated side by side."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations, wear
from tests.e2e.editor import Editor

pytestmark = pytest.mark.slow

SEED = """
import numpy as np
from annotator.accounts.models import User
from annotator.annotations import services
from annotator.projects.models import Image, Membership, Project
from annotator.projects.services import set_state
from annotator.ratings.models import RatedPair, Rating
from export.rle import encode
project = Project.objects.get(name="Demo photos")
demo = User.objects.get(username="demo")
bob = User.objects.create_user("bob", first_name="Bob")
Membership.objects.create(project=project, user=bob, role="annotator")
image = Image.objects.get(name="rocket.jpg")
mask = np.zeros((image.height, image.width), bool)
mask[60:330, 270:370] = True
services.create(image, demo, None, {"rle": encode(mask).to_json(), "label": project.labels.first().pk})
set_state(image, "done", demo)
rating = Rating.objects.create(project=project, first_name="Plain model", second_name="Tuned model", seed=1)
for swapped in (False, True):
    RatedPair.objects.create(
        rating=rating, image=image, x=0.5, y=0.4, first=encode(mask).to_json(),
        second=encode(np.roll(mask, 40, 1)).to_json(), swapped=swapped,
    )
"""


@pytest.fixture(scope="module")
def team(start_app: Callable[[], App]) -> App:
    """An app of its own: the demo person leads and made a mask, Bob annotates."""
    app = start_app()
    app.manage("shell", "-c", SEED)
    return app


def opened(app: App, context: BrowserContext, who: str, path: str) -> Page:
    context.add_cookies(app.cookies(who))
    page = context.new_page()
    [project] = app.rows("select id from projects_project where name = 'Demo photos'")
    page.goto(f"{app.url}/projects/{uuid.UUID(project['id'])}/{path}")
    return page


def reads_well(page: Page) -> None:
    for theme in ("dark", "light"):
        wear(page, theme)
        assert violations(page) == []


def test_a_mask_is_drawn_corrected_blindly_and_counted(team: App, open_context: Callable[[], BrowserContext]) -> None:
    lead = opened(team, open_context(), "demo", "audits/")
    expect(lead.get_by_role("heading", name="No audit yet")).to_be_visible()
    lead.get_by_role("button", name="Draw and hand out").click()
    expect(lead.get_by_role("alert")).to_be_visible()
    lead.get_by_label("Masks to draw").fill("1")
    lead.get_by_label("Bob").check()
    lead.get_by_role("button", name="Draw and hand out").click()
    expect(lead.get_by_text("Nothing is judged yet")).to_be_visible()

    bob = opened(team, open_context(), "bob", "")
    bob.goto(f"{team.url}/work/")
    bob.get_by_role("link", name="Audit 1").first.click()
    auditor = Editor(bob).ready()
    expect(bob.get_by_text("demo", exact=True)).to_have_count(0)
    auditor.press("Control+Enter")
    expect(bob.get_by_text("is done").first).to_be_visible()

    lead.reload()
    expect(lead.get_by_text("of masks with an IoU above 0.9")).to_be_visible()
    expect(lead.get_by_text("1 left as they were")).to_be_visible()
    reads_well(lead)
    lead.get_by_role("button", name="Close…").click()
    lead.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
    expect(lead.get_by_text("; closed")).to_be_visible()


def test_two_answers_are_rated_without_names(team: App, open_context: Callable[[], BrowserContext]) -> None:
    bob = opened(team, open_context(), "bob", "ratings/")
    expect(bob.get_by_text("0 of 2 done by you")).to_be_visible()
    for done in (1, 2):
        bob.get_by_role("group", name="Left").get_by_label("8", exact=True).check()
        bob.get_by_role("group", name="Right").get_by_label("5", exact=True).check()
        if done == 1:
            reads_well(bob)
        bob.get_by_role("button", name="Save and go on").click()
        expect(bob.get_by_text(f"{done} of 2 done by you")).to_be_visible()
    expect(bob.get_by_text("You have rated all that you may rate")).to_be_visible()
    expect(bob.get_by_text("Tuned model")).to_have_count(0)

    lead = opened(team, open_context(), "demo", "ratings/")
    expect(lead.get_by_role("row", name="Plain model")).to_contain_text("6.50")
    expect(lead.get_by_text("2 ratings by 1 person")).to_be_visible()
    reads_well(lead)

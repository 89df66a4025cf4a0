"""A project split into jobs: one is given, one is taken with Next, and the lead sees the work go on."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import AXE, violations, wear

PEOPLE = """
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project
project = Project.objects.get(name="Demo photos")
project.guidelines = "# Edges\\n\\nDraw the *visible* edge. [More](https://example.org) <b onclick=alert(1)>bold</b>"
project.save()
for name in ("ann", "ben"):
    person = User.objects.create_user(name, password="a long pass phrase")
    Membership.objects.create(project=project, user=person, role="annotator")
"""


@pytest.fixture(scope="module")
def team(start_app: Callable[[], App]) -> App:
    """An app of its own, with two annotators beside the demo person, who leads."""
    team = start_app()
    team.manage("shell", "-c", PEOPLE)
    return team


@pytest.fixture
def jobs_path(team: App) -> str:
    address = team.editor_address("rocket.jpg")
    return address.removeprefix(team.url).split("images/")[0] + "jobs/"


def row(page: Page, job: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(job)))


def split_in_two(lead: Page) -> None:
    lead.get_by_role("button", name="New jobs").first.click()
    dialog = lead.get_by_role("dialog", name="New jobs")
    dialog.get_by_label("By").select_option("jobs")
    dialog.get_by_label("How many").fill("2")
    dialog.get_by_label("Name").last.fill("First look")
    dialog.get_by_role("button", name="Make jobs").click()
    expect(dialog).to_be_hidden()


def submit(page: Page, *, last: bool = False) -> None:
    """Mark the image as done, and wait until that is said and the next one is there."""
    button, heading = page.get_by_role("button", name="Submit"), page.get_by_role("heading", level=1)
    expect(button).to_be_enabled()
    name = heading.inner_text()
    button.click()
    expect(page.locator(".toasts")).to_contain_text(f"{name} is done")
    if not last:
        expect(heading).not_to_have_text(name)


def test_a_lead_splits_and_gives_and_another_takes_with_next_and_finishes(
    open_as: Callable[[str, str], Page], jobs_path: str, team: App
) -> None:
    lead = open_as("demo", jobs_path)
    split_in_two(lead)
    expect(row(lead, "Job 1")).to_contain_text("Pool")
    expect(row(lead, "Job 2")).to_contain_text("Pool")
    lead.get_by_role("checkbox", name=re.compile("Select Job 1")).check()
    lead.get_by_label("Give to").select_option(label="ann")
    expect(row(lead, "Job 1")).to_contain_text("ann")
    expect(row(lead, "Job 1")).to_contain_text("Taken")

    grid = open_as("demo", jobs_path.removesuffix("jobs/"))
    expect(grid.get_by_role("button", name="Next", exact=True)).to_be_visible()
    ann = open_as("ann", "/work/")
    expect(row(ann, "Job 1")).to_contain_text("Demo photos")
    ben = open_as("ben", "/work/")
    ben.get_by_role("button", name="Next job of Demo photos").click()
    ben.wait_for_url(re.compile(r"/edit/\?job="))
    place = ben.locator(".topbar-place")
    expect(place).to_have_text(re.compile(r"1 / [2-9]"))
    expect(ben.get_by_role("banner")).to_contain_text("Job 2 · First look")
    many = int(place.inner_text().split("/")[1])
    expect(row(lead, "Job 2")).to_contain_text(f"0 of {many}")

    submit(ben, last=many == 1)
    expect(ben).to_have_url(re.compile(r"/edit/\?job="))
    expect(row(lead, "Job 2")).to_contain_text(f"1 of {many}")
    expect(row(lead, "Job 2")).to_contain_text("ben")
    for number in range(2, many + 1):
        submit(ben, last=number == many)
    expect(ben.get_by_text("Job 2 · First look is done.")).to_be_visible()
    ben.get_by_role("button", name="Next job").click()
    expect(ben.get_by_text("There is no more work for you in this project.")).to_be_visible()
    expect(row(lead, "Job 2")).to_contain_text("Done")
    assert team.rows("select count(*) as n from jobs_job where assignee_id is not null") == [{"n": 2}]


def test_guidelines_are_read_beside_the_photo_and_run_nothing(open_as: Callable[[str, str], Page], team: App) -> None:
    page = open_as("ann", team.editor_address("rocket.jpg").removeprefix(team.url))
    expect(page.get_by_role("heading", name="rocket.jpg")).to_be_visible()
    page.keyboard.press("Shift+I")
    panel = page.get_by_role("dialog", name="Guidelines")
    expect(panel.get_by_role("heading", name="Edges")).to_be_visible()
    expect(panel.locator("em")).to_have_text("visible")
    expect(panel).to_contain_text("<b onclick=alert(1)>")
    expect(panel.get_by_role("link", name="More")).to_have_attribute("rel", "noopener")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_job_is_paused_given_back_and_deleted(open_as: Callable[[str, str], Page], jobs_path: str) -> None:
    ann = open_as("ann", "/work/")
    ann.get_by_role("button", name=re.compile("Give back Job 1")).click()
    expect(ann.get_by_role("button", name="Next job of Demo photos")).to_be_visible()
    lead = open_as("demo", jobs_path)
    expect(row(lead, "Job 1")).to_contain_text("Pool")
    lead.get_by_role("checkbox", name=re.compile("Select Job 1")).check()
    lead.get_by_role("button", name="Pause").click()
    expect(row(lead, "Job 1")).to_contain_text("Paused")
    lead.get_by_role("checkbox", name="Select all jobs shown").check()
    lead.get_by_role("button", name="Delete").first.click()
    lead.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(lead.get_by_text("No jobs yet")).to_be_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install in static/)")
@pytest.mark.parametrize("colors", ["dark", "light"])
def test_axe_finds_nothing_on_the_pages_of_jobs(
    open_as: Callable[[str, str], Page], jobs_path: str, colors: str
) -> None:
    lead = open_as("demo", jobs_path)
    lead.emulate_media(reduced_motion="reduce")
    expect(row(lead, "Job 1").or_(lead.get_by_text("No jobs yet"))).to_be_visible()
    if lead.get_by_text("No jobs yet").count():
        split_in_two(lead)
        expect(row(lead, "Job 1")).to_be_visible()
    wear(lead, colors)
    lead.get_by_role("checkbox", name="Select all jobs shown").check()
    problems = violations(lead)
    lead.get_by_role("button", name="New jobs").first.click()
    problems += violations(lead)
    work = open_as("ann", "/work/")
    wear(work, colors)
    assert problems + violations(work) == []

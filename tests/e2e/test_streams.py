"""Who hurries from page to page of a project: each page listens to its runs, and none is told that too many do."""

from __future__ import annotations

from playwright.sync_api import Page

PAGES = ["", "exports/", "imports/", "snapshots/"]
"""Pages that listen, below a project's address."""


def test_twelve_pages_opened_quickly_find_a_stream_each(page: Page) -> None:
    """The fixture fails for an error in the console."""
    page.get_by_role("link", name="Demo photos").first.click()
    page.wait_for_url("**/projects/*/")
    project = page.url
    answers = []
    for place in PAGES * 3:
        with page.expect_response(lambda answer: answer.url.endswith("/runs/events/")) as seen:
            page.goto(f"{project}{place}", wait_until="commit")
        answers.append(seen.value.status)
    assert answers == [200] * 12

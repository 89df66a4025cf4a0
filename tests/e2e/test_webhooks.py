"""A lead adds a webhook, keeps its secret, and the test button says what came of it."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.e2e.app import App
from tests.e2e.axe import violations, wear

pytestmark = pytest.mark.slow


class Ear(BaseHTTPRequestHandler):
    """Keeps what it is told."""

    heard: list[dict[str, Any]] = []

    def do_POST(self) -> None:
        Ear.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def allowing(start_app: Callable[..., App]) -> App:
    """An app of its own, which lets webhooks go to this machine and nowhere else inside."""
    return start_app(MASKWRIGHT_WEBHOOK_NETWORKS="127.0.0.0/8")


def test_a_webhook_is_added_tested_and_deleted_and_the_log_knows(
    allowing: App, address: str, open_context: Callable[[], BrowserContext]
) -> None:
    context = open_context()
    context.add_cookies(allowing.cookies())
    page = context.new_page()
    page.goto(allowing.editor_address("rocket.jpg").split("images/")[0] + "settings/")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Webhooks").click()
    expect(page.get_by_text("This project has no webhooks yet.")).to_be_visible()

    page.get_by_label("Address").fill("example")
    page.get_by_role("button", name="Add webhook").click()
    expect(page.get_by_text("Write a whole web address, beginning with https://.")).to_be_visible()
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Add webhook").click()
    expect(page.locator("[data-secret]")).to_have_text(re.compile("^[0-9a-f]{64}$"))
    hook = page.get_by_role("list", name="Webhooks").get_by_role("listitem")
    expect(hook.get_by_role("heading")).to_have_text(address)

    hook.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The test arrived.")).to_be_visible()
    expect(hook.get_by_role("row", name="Test")).to_contain_text("Delivered")
    assert [told["event"] for told in Ear.heard] == ["test"]
    for theme in ("dark", "light"):
        wear(page, theme)
        assert violations(page) == []

    page.get_by_label("Address").fill("http://10.0.0.1/hook")
    page.get_by_role("button", name="Add webhook").click()
    inside = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="10.0.0.1"))
    inside.get_by_role("button", name="Send a test").click()
    expect(inside.get_by_role("row", name="Test")).to_contain_text("10.0.0.1 lies inside the network")

    inside.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="10.0.0.1")).to_have_count(0)

    # All of it stands in the log, which is read and not changed.
    page.get_by_role("link", name="Settings", exact=True).first.click()
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Log").click()
    rows = page.get_by_role("group", name="Log").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("The webhook to http://10.0.0.1/hook was deleted.")
    page.get_by_label("About").select_option("Members")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Nothing of that kind")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(rows.nth(1)).to_contain_text("The webhook to http://10.0.0.1/hook was deleted.")
    for theme in ("dark", "light"):
        wear(page, theme)
        assert violations(page) == []

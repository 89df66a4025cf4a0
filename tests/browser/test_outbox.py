"""The outbox on IndexedDB, Web Locks and BroadcastChannel as Chromium has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import chromium
from tests.browser.site import site

SETUP = Path(__file__).with_name("outbox.js").read_text()
PUSH_TWO = """async () => {
  await outbox.push('image', [operation('create', 'a', { label: 'cat' })]);
  await outbox.push('image', [operation('update', 'a', { label: 'dog' })]);
  await outbox.idle();
  return outbox.state;
}"""


@contextmanager
def first_page() -> Iterator[Page]:
    if why := chromium.missing():
        pytest.skip(why)
    with site({}) as address, chromium.page(address) as page:
        yield page


def second_page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def test_unsent_work_outlives_a_reload_and_goes_out_in_order() -> None:
    with first_page() as page:
        assert page.evaluate(SETUP, {"online": False}) is True
        assert page.evaluate(PUSH_TWO) == {"kind": "offline", "pending": 2}
        page.reload()
        page.evaluate(SETUP, {"online": True})
        page.evaluate("outbox.flush()")
        assert page.evaluate("outbox.state") == {"kind": "saved"}
        assert page.evaluate("sent.map(({ op, revision }) => [op, revision])") == [["create", 0], ["update", 1]]


def test_unsent_work_outlives_a_closed_tab() -> None:
    with first_page() as page:
        page.evaluate(SETUP, {"online": False})
        page.evaluate(PUSH_TWO)
        other = second_page(page.context, page.url)
        page.close()
        other.evaluate(SETUP, {"online": True})
        other.evaluate("outbox.flush()")
        assert other.evaluate("sent.length") == 2


def test_coming_online_sends_without_being_asked() -> None:
    with first_page() as page:
        page.evaluate(SETUP, {"online": False})
        page.evaluate(PUSH_TWO)
        page.evaluate("window.online = true; dispatchEvent(new Event('online'))")
        page.wait_for_function("() => outbox.state.kind === 'saved'")


def test_two_tabs_send_everything_once_and_both_say_saved() -> None:
    with first_page() as page:
        page.evaluate(SETUP, {"online": False})
        other = second_page(page.context, page.url)
        other.evaluate(SETUP, {"online": False})
        page.evaluate(PUSH_TWO)
        other.evaluate("outbox.push('image', [operation('create', 'b', {})]).then(() => outbox.idle())")
        other.evaluate("window.online = true")
        page.evaluate("window.online = true")
        page.evaluate("outbox.flush()")
        other.evaluate("outbox.flush()")
        for tab in (page, other):
            tab.wait_for_function("() => outbox.state.kind === 'saved'")
        sent = [*page.evaluate("sent"), *other.evaluate("sent")]
        once = sorted((entry["op"], entry["id"]) for entry in sent)
        assert once == [("create", "a"), ("create", "b"), ("update", "a")]
        assert page.evaluate("outbox.revisions.get('a')") == 2 == other.evaluate("outbox.revisions.get('a')")


def test_a_full_disk_and_a_cleared_one_lose_nothing() -> None:
    """Chromium's own quota and its own clearing, while the page stays open."""
    with first_page() as page:
        page.evaluate(SETUP, {"online": False})
        devtools = page.context.new_cdp_session(page)
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": page.url.rstrip("/"), "quotaSize": 1})
        page.evaluate(PUSH_TWO)
        assert page.evaluate("storage.onlyInMemory") is True
        assert page.evaluate("outbox.state") == {"kind": "offline", "pending": 2}
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": page.url.rstrip("/")})
        page.evaluate("outbox.push('image', [operation('create', 'b', {})]).then(() => outbox.idle())")
        assert page.evaluate("storage.onlyInMemory") is False
        devtools.send("Storage.clearDataForOrigin", {"origin": page.url.rstrip("/"), "storageTypes": "indexeddb"})
        page.evaluate("outbox.push('image', [operation('create', 'c', {})]).then(() => outbox.idle())")
        page.evaluate("window.online = true; outbox.flush()")
        page.wait_for_function("() => outbox.state.kind === 'saved'")
        sent = page.evaluate("sent.map(({ op, id, revision }) => [op, id, revision])")
        assert sorted(sent) == [["create", "a", 0], ["create", "b", 0], ["create", "c", 0], ["update", "a", 1]]
        assert sent.index(["create", "a", 0]) < sent.index(["update", "a", 1])

"""Passkeys in Chromium, whose virtual device makes and uses them: added, named, asked for at the door, removed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.app import App
from tests.e2e.axe import violations, wear

PASSWORD = "a long pass phrase"
STEP, ACCOUNT = "/account/second-step/", "/account/"
MAKE = """
from annotator.accounts.models import User
for name in ("pat", "quinn", "rae"):
    User.objects.create_user(name, password="a long pass phrase")
"""


@pytest.fixture(scope="module")
def people(start_app: Callable[[], App]) -> App:
    """An app of its own, with people who have a password each."""
    app = start_app()
    app.manage("shell", "-c", MAKE)
    return app


@pytest.fixture
def site(people: App) -> str:
    """Passkeys belong to names: the app's address by one."""
    return people.url.replace("127.0.0.1", "localhost")


@dataclass
class Browser:
    """A page of a context of its own, and its virtual device."""

    page: Page
    cdp: Any
    device: str

    def keys(self) -> list[dict[str, Any]]:
        found = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.device})
        return list(found["credentials"])


@pytest.fixture
def open_browser(open_context: Callable[[], BrowserContext]) -> Iterator[Callable[[], Browser]]:
    """A browser with an empty device. The test fails when a script throws or the content policy stops one."""
    wrong: list[str] = []

    def make() -> Browser:
        page = open_context().new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        about = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
        made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": about})
        return Browser(page, cdp, made["authenticatorId"])

    yield make
    assert not wrong


def sign_in(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}/signin/?next={ACCOUNT}")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def add(page: Page, site: str, name: str) -> None:
    page.goto(site + STEP)
    page.get_by_label("Name of the new passkey").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def test_a_passkey_is_made_named_asked_for_and_removed(open_browser: Callable[[], Browser], site: str) -> None:
    mine = open_browser()
    page = mine.page
    sign_in(page, site, "pat")
    add(page, site, "laptop")
    expect(page.get_by_role("status")).to_contain_text("Two-step sign-in is on")
    expect(page.locator("[data-secret]")).to_contain_text(re.compile(r"[2-9a-z]{5}-[2-9a-z]{5}"))
    [key] = mine.keys()
    assert key["rpId"] == "localhost"
    page.get_by_role("link", name="I have kept them").click()

    page.get_by_role("region", name="Two-step sign-in").get_by_role("link", name="Change").click()
    name = page.get_by_role("list", name="Your passkeys").get_by_label("Name of the passkey")
    expect(name).to_have_value("laptop")
    name.fill("old laptop")
    page.get_by_role("button", name="Rename laptop").click()
    expect(page.get_by_role("button", name="Remove old laptop")).to_be_visible()
    # The device knows that it is known.
    add(page, site, "again")
    expect(page.get_by_text("has a passkey for your account already")).to_be_visible()
    for theme in ("light", "dark"):
        wear(page, theme)
        assert violations(page) == []

    page.context.clear_cookies()
    sign_in(page, site, "pat")
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    for theme in ("light", "dark"):
        wear(page, theme)
        assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(site + ACCOUNT)
    assert mine.keys()[0]["signCount"] > key["signCount"]

    page.goto(site + STEP)
    expect(page.get_by_role("button", name="Remove old laptop")).to_be_hidden()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Remove old laptop").click()
    expect(page.get_by_role("list", name="Your passkeys")).to_be_hidden()
    page.context.clear_cookies()
    sign_in(page, site, "pat")
    expect(page).to_have_url(site + ACCOUNT)


def test_a_device_without_the_key_says_so_and_a_code_lets_in(open_browser: Callable[[], Browser], site: str) -> None:
    page = open_browser().page
    sign_in(page, site, "quinn")
    add(page, site, "stick")
    code = page.locator("[data-secret]").inner_text().split()[0]
    other = open_browser().page
    sign_in(other, site, "quinn")
    other.get_by_role("button", name="Use a passkey").click()
    expect(other.get_by_text("there is no such passkey here")).to_be_visible()
    other.get_by_label("Code").fill(code)
    other.get_by_role("button", name="Sign in").click()
    expect(other).to_have_url(site + ACCOUNT)


def test_a_browser_without_and_an_address_without_say_so(
    open_browser: Callable[[], Browser], site: str, people: App
) -> None:
    page = open_browser().page
    page.add_init_script("delete window.PublicKeyCredential")
    sign_in(page, site, "rae")
    page.goto(site + STEP)
    expect(page.get_by_text("This browser knows no passkeys")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_disabled()
    numbers = open_browser().page
    sign_in(numbers, people.url, "rae")
    numbers.goto(people.url + STEP)
    expect(numbers.get_by_text("this address is a number")).to_be_visible()

"""A running app for the session, and a browser per test file."""
from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.app import App
from tests.e2e.editor import Editor

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives the real app."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium. Without one the tests are skipped, or fail where MASKWRIGHT_REQUIRE_CHROMIUM is set."""
    found = os.environ.get("MASKWRIGHT_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found:
        return found
    reason = f"No Chromium on this machine (looked for {', '.join(CHROMIUM_NAMES)}; MASKWRIGHT_CHROMIUM names another)."
    if os.environ.get("MASKWRIGHT_REQUIRE_CHROMIUM") or os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> App:
    """An app after its very first start, with the demo and its embeddings, stopped again."""
    first = App(tmp_path_factory.mktemp("seeded") / "var")
    try:
        first.start()
        first.before_stop = first.everything()
    finally:
        first.stop()
    return first


@pytest.fixture(scope="session")
def start_app(seeded: App, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], App]]:
    """Start apps on copies of the seeded data; stopped at the end of the session."""
    started: list[App] = []

    def start() -> App:
        var = tmp_path_factory.mktemp("app") / "var"
        shutil.copytree(seeded.var, var, ignore=shutil.ignore_patterns("log", "running.json"))
        running = App(var)
        started.append(running)
        running.first_link = running.start()
        return running

    yield start
    for running in started:
        running.stop()


@pytest.fixture(scope="session")
def app(start_app: Callable[[], App]) -> App:
    """The app that the browser tests share. `app.first_link` is the link that it printed."""
    return start_app()


@pytest.fixture(scope="session")
def own(start_app: Callable[[], App]) -> App:
    """The app of the editor's tests. Each file annotates a photo of its own, its PHOTO."""
    return start_app()


ADD_CAROL = """
from annotator.accounts.models import User
from annotator.projects.models import Membership, Project
carol = User.objects.create_user("carol", password="a long pass phrase")
Membership.objects.create(project=Project.objects.get(name="Demo photos"), user=carol, role="annotator")
"""


@pytest.fixture(scope="session")
def carol(own: App) -> str:
    """A second person in the demo project: her user name. Her password is “a long pass phrase”."""
    own.manage("shell", "-c", ADD_CAROL)
    return "carol"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser per file: Playwright's event loop must be gone before tests that use Django's database run."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """Make browser profiles that share nothing, as two people's would; closed after the test."""
    opened: list[BrowserContext] = []

    def make() -> BrowserContext:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page(open_context: Callable[[], BrowserContext], app: App) -> Iterator[Page]:
    """A page of the signed-in demo person; the test fails when a script on it threw or the policy blocked something."""
    context = open_context()
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.goto(app.signin_link())
    yield opened
    unexpected = [text for text in errors if "net::ERR_INTERNET_DISCONNECTED" not in text]
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def open_editor(
    open_context: Callable[[], BrowserContext], own: App, request: pytest.FixtureRequest
) -> Callable[..., Editor]:
    """Open the test file's PHOTO as somebody, in a browser profile of its own; without objects the first time."""
    opened: list[Editor] = []

    def make(user: str = "demo") -> Editor:
        context = open_context()
        context.add_cookies(own.cookies(user))
        page = context.new_page()
        page.goto(own.editor_address(request.module.PHOTO))
        editor = Editor(page).ready()
        if not opened:
            editor.clear()
        opened.append(editor)
        return editor

    return make


@pytest.fixture
def editor(open_editor: Callable[..., Editor]) -> Editor:
    """The test file's PHOTO without objects."""
    return open_editor()

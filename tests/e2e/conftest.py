"""A running app for the session, and a browser per test file."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from annotator.launch.chromium import NAMES, installed
from tests.e2e.app import App
from tests.e2e.editor import Editor
from tests.e2e.first_start import FirstStart, first_start
from tests.e2e.one_editor import OneEditor

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each page compiles the decoder's runtime anew: optimising it as well costs more than it saves on a few clicks.
    "--js-flags=--liftoff-only",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives the real app."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test shows what the apps that run now have logged: a page alone seldom says why it waits.

    That it failed is noted for the fixtures that end after it.
    """
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    if report.failed and item.get_closest_marker("e2e"):
        report.sections += [(f"logs of {app.url}", app.logs()) for app in App.started]
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium. Without one the tests are skipped, or fail where MASKWRIGHT_REQUIRE_CHROMIUM is set."""
    if found := installed():
        return found
    reason = f"No Chromium on this machine (looked for {', '.join(NAMES)}; MASKWRIGHT_CHROMIUM names another)."
    if os.environ.get("MASKWRIGHT_REQUIRE_CHROMIUM") or os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """An app after its very first start, with the demo and its embeddings, stopped again; one for all processes."""
    own = tmp_path_factory.getbasetemp()
    return first_start(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


class Apps:
    """Apps on copies of the seeded data, each in a folder of its own."""

    def __init__(self, seeded: FirstStart, folders: pytest.TempPathFactory) -> None:
        self._seeded, self._folders = seeded, folders
        self._started: list[App] = []

    def start(self, **env: str) -> App:
        """Start one more. `first_link` is the link that it printed."""
        var = self._folders.mktemp("app") / "var"
        shutil.copytree(self._seeded.var, var, ignore=shutil.ignore_patterns("log", "running.json"))
        running = App(var, **env)
        self._started.append(running)
        running.first_link = running.start()
        return running

    def stop(self) -> None:
        """Stop them all, at once: how an app takes leave is for test_processes.py."""
        for running in self._started:
            running.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def start_app(seeded: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., App]]:
    """Start apps for a file's tests. They end with the file: one that waits still looks for work every second."""
    apps = Apps(seeded, tmp_path_factory)
    yield apps.start
    apps.stop()


@pytest.fixture(scope="session")
def shared_apps(seeded: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apps]:
    """Apps that the tests of many files share."""
    apps = Apps(seeded, tmp_path_factory)
    yield apps
    apps.stop()


@pytest.fixture(scope="session")
def app(shared_apps: Apps) -> App:
    """The app that the browser tests share."""
    return shared_apps.start()


@pytest.fixture(scope="session")
def own(shared_apps: Apps) -> App:
    """The app of the editor's tests. Each file annotates a photo of its own, its PHOTO."""
    return shared_apps.start()


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


def new_context(browser: Browser) -> BrowserContext:
    """A browser profile that shares nothing with another."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """Make browser profiles that share nothing, as two people's would; closed after the test."""
    opened: list[BrowserContext] = []

    def make() -> BrowserContext:
        opened.append(new_context(browser))
        return opened[-1]

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page(open_context: Callable[[], BrowserContext], app: App) -> Iterator[Page]:
    """A page of the signed-in demo person; the test fails when a script on it threw or the policy blocked something."""
    context = open_context()
    context.add_cookies(app.cookies())
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.goto(app.url)
    yield opened
    unexpected = [text for text in errors if "net::ERR_INTERNET_DISCONNECTED" not in text]
    assert not unexpected, "\n".join(unexpected)


@pytest.fixture
def person(open_context: Callable[[], BrowserContext], app: App) -> Iterator[Page]:
    """A signed-in page on which the server may refuse things, which the browser logs as errors."""
    context = open_context()
    context.add_cookies(app.cookies())
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.goto(app.url)
    yield page
    assert not thrown


@pytest.fixture
def new_project(person: Page) -> Page:
    """A project of its own, made with the keyboard alone."""
    person.get_by_role("button", name="New project").first.focus()
    person.keyboard.press("Enter")
    person.keyboard.type("Kitchen")
    person.keyboard.press("Tab")
    person.keyboard.type("pan\nspoon\npan")
    person.keyboard.press("Tab")
    person.keyboard.press("Tab")
    person.keyboard.press("Enter")
    person.wait_for_url("**/projects/*/")
    return person


@pytest.fixture
def open_editor(
    open_context: Callable[[], BrowserContext], own: App, request: pytest.FixtureRequest
) -> Callable[..., Editor]:
    """Open the test file's PHOTO as somebody, in a browser profile of its own; the first time without objects, unless
    they are to be found there (cleared=False)."""
    opened: list[Editor] = []

    def make(user: str = "demo", *, cleared: bool = True) -> Editor:
        context = open_context()
        context.add_cookies(own.cookies(user))
        page = context.new_page()
        page.goto(own.editor_address(request.module.PHOTO))
        editor = Editor(page).ready()
        if cleared and not opened:
            editor.clear()
        opened.append(editor)
        return editor

    return make


@pytest.fixture
def editor(open_editor: Callable[..., Editor]) -> Editor:
    """The test file's PHOTO without objects."""
    return open_editor()


@pytest.fixture(scope="module")
def kept(browser: Browser, own: App, request: pytest.FixtureRequest) -> Iterator[list[OneEditor]]:
    """The editors that the tests of a file share, each in a browser profile of its own; opened when they are needed."""
    editors = [OneEditor(lambda: new_context(browser), own, request.module.PHOTO) for _ in range(2)]
    yield editors
    for editor in editors:
        editor.close()


@pytest.fixture
def lend_editors(kept: list[OneEditor], request: pytest.FixtureRequest) -> Iterator[Callable[[int], list[Editor]]]:
    """Lend some of the file's editors to a test; after one that failed they are opened anew."""
    yield lambda count: [editor.for_a_test() for editor in kept[:count]]
    if request.node.stash.get(FAILED, False):
        for editor in kept:
            editor.close()


@pytest.fixture
def kept_editor(lend_editors: Callable[[int], list[Editor]]) -> Editor:
    """The test file's PHOTO without objects, in the one editor of the file (see OneEditor for what that means)."""
    return lend_editors(1)[0]


@pytest.fixture
def kept_pair(lend_editors: Callable[[int], list[Editor]]) -> tuple[Editor, Editor]:
    """The same photo in two browsers, as two people have it open."""
    first, second = lend_editors(2)
    return first, second


@pytest.fixture
def open_as(open_context: Callable[[], BrowserContext], team: App) -> Iterator[Callable[[str, str], Page]]:
    """Open an address as somebody of the test file's `team`; the test fails when a script throws there."""
    thrown: list[str] = []

    def make(user: str, path: str) -> Page:
        context = open_context()
        context.add_cookies(team.cookies(user))
        page = context.new_page()
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.goto(team.url + path)
        return page

    yield make
    assert not thrown

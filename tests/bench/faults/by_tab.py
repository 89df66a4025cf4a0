"""A browser's tab, or the whole browser, killed in the middle of a save, in Chromium on the editor's real page."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, Route, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from annotator.launch.chromium import installed
from tests.bench.faults.campaign import Campaign
from tests.bench.faults.outcome import Outcome
from tests.e2e.editor import Editor
from tests.e2e.page_bytes import wait_for_all

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SAVING = re.compile(r"/annotations/bulk/")
READY_MS = 180_000
SHOWN = "Number(document.querySelector('.panel-objects .panel-count').textContent.replace(/\\D/g, ''))"
"""The number beside the list, which itself has the rows in sight only."""
DRAWN_MS = 10_000


class Browser:
    """A browser with a profile on disk, signed in as the project's owner; `address` is the editor of an image of hers
    alone."""

    def __init__(self, playwright: Playwright, folder: Path, campaign: Campaign) -> None:
        self.playwright, self.folder, self.campaign = playwright, folder, campaign
        self.image = campaign.team["images"][-1]
        self.url = f"http://127.0.0.1:{campaign.site.port}"
        self.address = f"{self.url}/projects/{campaign.team['project']}/images/{self.image}/edit/"
        self.context: BrowserContext | None = None
        self.drawn = 0

    def open(self) -> Editor:
        """Open the editor in a fresh tab, of a fresh browser where there is none; waits until all of it is shown."""
        if self.context is None:
            self.context = self.playwright.chromium.launch_persistent_context(
                str(self.folder), executable_path=installed(), args=FLAGS, viewport={"width": 1280, "height": 800}
            )
            self.context.set_default_timeout(READY_MS)
        person = self.campaign.lead.person
        self.context.add_cookies([{"name": k, "value": v, "url": self.url} for k, v in person.cookies.items()])
        page = self.context.new_page()
        page.goto(self.address)
        wait_for_all(page)
        page.wait_for_function("() => / × /.test(document.querySelector('.status-size')?.textContent ?? '')")
        return Editor(page)

    def draw(self, editor: Editor) -> None:
        """Draw one object more: a square that is nowhere else."""
        self.drawn += 1
        x, y = 40 + 60 * (self.drawn % 14), 40 + 50 * (self.drawn // 14 % 12)
        editor.press("p")
        for corner in ((x, y), (x + 40, y), (x + 40, y + 30), (x, y + 30)):
            editor.page.mouse.click(*editor.at(*corner))
        editor.press("1")

    def kill(self, page: Page, whole: bool) -> None:
        """End the tab's process, or all of the browser, with signal 9."""
        assert self.context is not None
        if whole:
            _kill(self._pids())
            with contextlib.suppress(PlaywrightError):
                self.context.close()
            self.context = None
            return
        tabs = [pid for pid in self._pids() if "--type=renderer" in _command(pid)]
        with page.expect_event("crash", timeout=READY_MS):
            _kill(tabs)
        page.close()

    def _pids(self) -> list[int]:
        """Return the browser's process and those below it."""
        told = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
        lines = [line.split(None, 2) for line in told.splitlines()[1:]]
        found = [int(pid) for pid, _, words in lines if f"--user-data-dir={self.folder}" in words]
        for known in found:
            found += [int(pid) for pid, above, _ in lines if int(above) == known and int(pid) not in found]
        return found

    def close(self) -> None:
        """End it."""
        if self.context is not None:
            self.context.close()


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@contextmanager
def browser(campaign: Campaign) -> Iterator[Browser]:
    """Start one."""
    folder = Path(tempfile.mkdtemp())
    with sync_playwright() as playwright:
        made = Browser(playwright, folder, campaign)
        try:
            yield made
        finally:
            made.close()
            shutil.rmtree(folder, ignore_errors=True)


def tab_killed(campaign: Campaign) -> Outcome:
    """The tab or the browser is gone after an object was drawn: before its request arrives, after the server has it
    and before the answer, or at any moment after it began. Opened again, the page has it, once, and says “saved”."""
    here = campaign.own("browser", lambda: browser(campaign))
    editor = here.open()
    page = editor.page
    editor.expect_saved()
    known = campaign.number(STORED, here.image)
    way = campaign.chance.choice(["held", "stored", "any"])
    held: list[Route] = []
    if way == "held":
        page.route(SAVING, lambda route: held.append(route))
    elif way == "stored":
        page.route(SAVING, lambda route: held.append(route) if route.fetch() else None)
    with page.expect_request(SAVING):
        here.draw(editor)
    until_it_is = time.monotonic() + (30 if way == "stored" else campaign.chance.uniform(0.0, 0.1))
    while time.monotonic() < until_it_is and not (way == "stored" and held):
        page.wait_for_timeout(10)
    here.kill(page, whole=campaign.chance.random() < 0.4)
    editor = here.open()
    found = Outcome(injected=1)
    try:
        editor.expect_saved()
    except AssertionError as error:
        print(f"    tab killed ({way}): {str(error)[:300]}", flush=True)
        found.stuck += 1
    with contextlib.suppress(PlaywrightError):  # it is drawn with the next frame
        editor.page.wait_for_function(f"wanted => {SHOWN} === wanted", arg=known + 1, timeout=DRAWN_MS)
    shown = editor.page.evaluate(SHOWN)
    stored = campaign.number(STORED, here.image)
    if not shown == stored == known + 1:
        print(f"    tab killed ({way}): {known} before, {shown} shown, {stored} stored", flush=True)
    found += Outcome(lost=max(0, known + 1 - min(stored, shown)), doubled=max(0, max(stored, shown) - known - 1))
    editor.page.close()
    found += campaign.judged()
    return found


STORED = "SELECT count(*) FROM annotations_annotation WHERE image_id = %s AND deleted_at IS NULL"

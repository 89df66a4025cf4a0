"""One open tab of a real browser (Chromium) in which somebody labels photo after photo, and what it takes of memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import CDPSession, Page, sync_playwright

from annotator.launch.chromium import installed
from tests.bench.team.person import Person
from tests.browser.chromium import FLAGS
from tests.e2e.editor import Editor
from tests.e2e.page_bytes import wait_for_all

READY_MS = 240_000
SIZE_SHOWN = "() => / × /.test(document.querySelector('.status-size')?.textContent ?? '')"


class Tab:
    """The editor of a project's images, open all day."""

    def __init__(self, page: Page, line: CDPSession) -> None:
        self.page, self.line, self.editor, self.labelled = page, line, Editor(page), 0
        self._key = "f"

    def label(self) -> None:
        """Draw an object on the photo, wait until it is saved, and go on to the next photo; at either end turn back."""
        self.editor.press("p")
        for corner in ((200, 200), (420, 220), (400, 420), (210, 400)):
            self.page.mouse.click(*self.editor.at(*corner))
        self.editor.press("1")
        self.editor.expect_saved()
        before = self.page.url
        for key, name in (("f", "Previous image"), ("d", "Next image")):
            if self.page.get_by_role("button", name=name).is_disabled():
                self._key = key
        self.editor.press(self._key)
        self.page.wait_for_function("before => location.href !== before", arg=before)
        self.page.wait_for_function(SIZE_SHOWN)
        self.labelled += 1

    def weighs(self) -> dict[str, float]:
        """Return what the page holds after its rubbish is gone: megabytes of the JavaScript heap, nodes, listeners."""
        self.line.send("HeapProfiler.collectGarbage")
        told = {one["name"]: one["value"] for one in self.line.send("Performance.getMetrics")["metrics"]}
        return {"heap": told["JSHeapUsedSize"] / 1e6, "nodes": told["Nodes"], "listeners": told["JSEventListeners"]}


@contextmanager
def open_tab(person: Person, project: str, image: str) -> Iterator[Tab]:
    """Open an image's editor as somebody who is signed in."""
    url = f"http://127.0.0.1:{person.port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=[*FLAGS, "--disable-gpu"])
        try:
            context = browser.new_context(viewport={"width": 1280, "height": 800})
            context.set_default_timeout(READY_MS)
            context.add_cookies([{"name": key, "value": value, "url": url} for key, value in person.cookies.items()])
            page = context.new_page()
            page.goto(f"{url}/projects/{project}/images/{image}/edit/")
            wait_for_all(page)
            page.wait_for_function(SIZE_SHOWN)
            line = context.new_cdp_session(page)
            line.send("Performance.enable")
            yield Tab(page, line)
        finally:
            browser.close()

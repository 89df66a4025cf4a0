"""One editor for all tests of a file: opening its page costs more than most of them do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import BrowserContext
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.app import App
from tests.e2e.editor import Editor

OPENED = "maskwright-open"
"""Measure that static/app/tools/open_image.js takes when all of an image is there."""
OPEN_ANEW = """([image, address, opened]) => {
  performance.clearMeasures(opened);
  history.replaceState({ image }, '', address);
  dispatchEvent(new PopStateEvent('popstate', { state: { image } }));
}"""
OPENED_IT = "([image, opened]) => performance.getEntriesByName(opened).some(({ detail }) => detail === image)"


class OneEditor:
    """The editor of a photo, kept open between tests. Each gets it as a new page would be: the photo opened anew (so
    no step of another test can be undone, and it fits the stage) and cleared, first tool, first label, no message.

    What a test does to the page itself (its keys, its display, its network, its scripts) is not taken back: such a
    test opens an editor of its own (`open_editor`).
    """

    def __init__(self, open_context: Callable[[], BrowserContext], app: App, photo: str) -> None:
        self.address = app.editor_address(photo)
        self._open_context = open_context
        self._app = app
        self._context: BrowserContext | None = None
        self._editor: Editor | None = None

    def for_a_test(self) -> Editor:
        """The editor in its first state."""
        if self._editor is None:
            self._context = self._open_context()
            self._context.add_cookies(self._app.cookies())
            page = self._context.new_page()
            page.goto(self.address)
            self._editor = Editor(page).ready()
            self._editor.clear()
        else:
            self._start_over(self._editor)
        return self._editor

    def close(self) -> None:
        """The next test opens another: after one that failed nobody knows what is left of it."""
        if self._context is not None:
            with suppress(PlaywrightError):  # the browser may be gone
                self._context.close()
        self._context = self._editor = None

    def _start_over(self, editor: Editor) -> None:
        page = editor.page
        project, _, _ = self.address.rpartition("/images/")
        if page.url.startswith(f"{project}/images/"):
            page.mouse.move(1, 1)  # no object lies there, on which a key could act
            editor.press("Escape", "Escape", "Escape")
            editor.expect_saved()
            self._open(editor)
        else:
            page.goto(self.address)
            editor.ready()
        editor.clear()
        editor.press("s", "1")
        editor.close_messages()

    def _open(self, editor: Editor) -> None:
        """Open the photo anew without loading the page, which forgets what could be undone."""
        image = self.address.rstrip("/").split("/")[-2]
        editor.page.evaluate(OPEN_ANEW, [image, self.address, OPENED])
        editor.page.wait_for_function(OPENED_IT, arg=[image, OPENED])
        editor.ready()

"""Chromium for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from annotator.launch.chromium import installed

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--enable-precise-memory-info"]


def missing() -> str:
    """Why nothing can run in a browser here; blank when it can."""
    if installed() is None:
        return "no Chromium in the PATH (set MASKWRIGHT_CHROMIUM)"
    if not (ROOT / "static" / "vendor" / "ort").is_dir():
        return "static/vendor is empty (run npm ci and npm run vendor in static/)"
    return ""


@contextmanager
def page(address: str, *flags: str) -> Iterator[Page]:
    """A page at `address`; an uncaught error in it fails whoever uses it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=[*FLAGS, *flags])
        try:
            opened = browser.new_context().new_page()
            errors: list[str] = []
            opened.on("pageerror", lambda error: errors.append(str(error)))
            opened.goto(address)
            yield opened
            assert not errors, f"uncaught in the page: {errors}"
        finally:
            browser.close()

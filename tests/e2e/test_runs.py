"""A worker that dies in the middle of an embedding: the run is picked up again, and the page finds out by itself."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.e2e.app import App, enter
from tests.e2e.editor import PATIENCE_MS, Editor

pytestmark = pytest.mark.slow

COUNT = 4


def photos(folder: Path) -> list[str]:
    random = np.random.default_rng(11)
    paths = []
    for number in range(COUNT):
        pixels = random.integers(0, 255, (30, 40, 3), dtype=np.uint8)
        path = folder / f"photo {number}.png"
        Image.fromarray(pixels).resize((1600, 1200)).save(path)
        paths.append(str(path))
    return paths


def freeze(worker: int, app: App) -> None:
    """Stop the worker where it is, but not in the middle of a write: SQLite's lock would keep everybody out."""
    while True:
        os.kill(worker, signal.SIGSTOP)
        if app.can_write():
            return
        os.kill(worker, signal.SIGCONT)


def running(app: App) -> list[str]:
    """Runs in the hands of a worker; asked in a tight loop, because an embedding takes a fraction of a second."""
    while not (rows := app.rows("select id from runs_run where kind = 'embed' and state = 'running'")):
        assert app.process
        assert app.process.poll() is None
    return [row["id"] for row in rows]


def test_a_run_whose_worker_was_killed_is_done_by_the_next_one(
    start_app: Callable[[], App], open_context: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    app = start_app()
    page = open_context().new_page()
    enter(page, app.first_link)
    page.get_by_role("link", name="Demo photos").first.click()
    worker = app.children()["celery"]
    freeze(worker, app)
    page.set_input_files("[data-files]", photos(tmp_path))
    expect(page.locator("[data-uploads] h2")).to_have_text(f"{COUNT} images added")
    os.kill(worker, signal.SIGCONT)
    started = running(app)
    os.kill(worker, signal.SIGKILL)
    app.wait_for_line("The worker stopped (killed by SIGKILL) and was started again.")

    grid = page.locator("[data-grid]")
    expect(grid.locator(".chip", has_text=re.compile("Waiting|Preparing"))).to_have_count(0, timeout=2 * PATIENCE_MS)
    rows = app.rows("select id, state, attempts from runs_run where kind = 'embed'")
    assert {row["state"] for row in rows} == {"succeeded"}
    assert {row["attempts"] for row in rows if row["id"] in started} == {2}

    page.get_by_role("link", name=re.compile("photo 0")).first.click()
    Editor(page).ready()

"""The processes of `make run`: they start, come back, and leave."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Callable

import pytest

from tests.e2e.app import App
from tests.e2e.first_start import FirstStart
from tests.platform.test_service import gone


@pytest.fixture(scope="module")
def own(start_app: Callable[[], App]) -> App:
    """An app that these tests may break."""
    return start_app()


def test_ctrl_c_left_nothing_running(seeded: FirstStart) -> None:
    assert len(seeded.processes) >= 3, "web server, its worker process, Celery"
    assert all(gone(pid) for pid in seeded.processes)
    assert seeded.status == 0
    assert "Stopped; nothing is running any more." in seeded.lines[-1]
    assert "Traceback" not in "".join(seeded.lines)


def test_the_first_start_shows_its_progress(seeded: FirstStart) -> None:
    bars = [line for line in seeded.lines if line.startswith("Computing embeddings")]
    assert len(bars) >= 2
    assert not [line for line in seeded.lines if " INFO " in line], "lines of a log between those of the bar"


def test_the_second_start_computes_nothing_again(own: App) -> None:
    assert not [line for line in own.lines if "Computing embeddings" in line or "Preparing the database" in line]


def test_one_link_is_printed_and_it_is_for_this_machine_only(own: App) -> None:
    links = [line.strip() for line in own.lines if "http" in line]
    assert links == [own.first_link]
    assert links[0].startswith(f"http://127.0.0.1:{own.port}/signin/link/")


def test_every_answer_isolates_the_page_and_forbids_foreign_scripts(own: App) -> None:
    for path in ("/signin/", "/static/app/pages/dom.js", "/api/v1/me/", "/healthz"):
        try:
            answer = urllib.request.urlopen(own.url + path, timeout=20)
        except urllib.request.HTTPError as error:
            answer = error
        with answer:
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
            assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp", path
            assert "script-src 'self' 'wasm-unsafe-eval'" in answer.headers["Content-Security-Policy"], path


@pytest.mark.parametrize("name", ["celery", "gunicorn"])
def test_a_killed_process_is_started_again(own: App, name: str) -> None:
    before = own.children()[name]
    said = len(own.lines)
    os.kill(before, signal.SIGKILL)
    own.wait_for_line(f"The {'worker' if name == 'celery' else 'web server'} stopped (killed by SIGKILL)")
    assert own.lines[said:]
    assert own.children()[name] != before


def test_a_second_run_in_the_same_folder_is_refused(own: App) -> None:
    other = App(own.var)
    with pytest.raises(AssertionError, match=f"already running .*{own.port}"):
        other.start()


def test_a_kill_that_cannot_be_caught_leaves_nothing_either(start_app: Callable[[], App]) -> None:
    app = start_app()
    below = app.everything()
    ends = [os.pidfd_open(pid) for pid in below]
    app.stop(signal.SIGKILL)
    for end in ends:
        _wait_for_end(end)
    assert all(gone(pid) for pid in below)


def _wait_for_end(descriptor: int) -> None:
    """Block until the process behind a pidfd has ended."""
    import select

    readable, _, _ = select.select([descriptor], [], [], 20)
    os.close(descriptor)
    assert readable, "still running"


def test_an_older_data_folder_is_migrated(start_app: Callable[[], App]) -> None:
    """Undo the newest migration that can be undone on a copy, then start over it."""
    app = start_app()
    app.stop()
    app.manage("migrate", "sessions", "zero")
    again = App(app.var)
    again.start()
    again.wait_for_line("Preparing the database")
    assert again.stop() == 0

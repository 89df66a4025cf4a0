"""`make test` gets a Chromium where there is none, and leaves its part out only when none can be had."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from annotator.launch import chromium
from annotator.launch.chromium import LEFT_OUT, Way, obtain

DOWNLOAD = Way("a download", [["download"]])
PACKAGES = Way("packages", [["update"], ["install"]])


class Machine:
    """A machine without a browser, on which some commands succeed and some of those bring one."""

    def __init__(self, works: set[str], brings: str = "") -> None:
        self.works, self.brings = works, brings
        self.ran: list[str] = []

    def run(self, command: list[str]) -> bool:
        self.ran += command
        return command[0] in self.works

    def ready(self) -> str | None:
        return "/usr/bin/chromium" if self.brings in self.ran else None

    def obtain(self) -> str | None:
        return obtain(self.ready, lambda: [DOWNLOAD, PACKAGES], self.run)


@pytest.fixture(autouse=True)
def _none_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASKWRIGHT_CHROMIUM", raising=False)


@pytest.mark.parametrize(
    ("works", "brings", "ran"),
    [
        ({"download"}, "download", ["download"]),
        ({"update", "install"}, "install", ["download", "update", "install"]),
        # Downloaded, but its libraries are missing: packages have them.
        ({"download", "update", "install"}, "install", ["download", "update", "install"]),
    ],
)
def test_the_first_way_that_gives_a_browser_that_starts_is_taken(works: set[str], brings: str, ran: list[str]) -> None:
    machine = Machine(works, brings)
    assert machine.obtain() == "/usr/bin/chromium"
    assert machine.ran == ran


def test_a_browser_that_is_there_is_used_and_nothing_is_installed() -> None:
    machine = Machine(set())
    assert obtain(lambda: "/opt/chrome", lambda: [DOWNLOAD], machine.run) == "/opt/chrome"
    assert machine.ran == []


def test_without_any_way_the_part_is_left_out_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    machine = Machine({"update"}, "install")
    assert machine.obtain() is None
    assert machine.ran == ["download", "update", "install"]
    assert LEFT_OUT in capsys.readouterr().out


def test_a_named_browser_that_does_not_start_is_not_replaced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MASKWRIGHT_CHROMIUM", "/nowhere/chromium")
    machine = Machine({"download"}, "download")
    assert obtain(run=machine.run) is None
    assert machine.ran == []
    assert "/nowhere/chromium" in capsys.readouterr().out


def test_ready_wants_one_that_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    broken.write_text("#!/bin/sh\nexit 127\n")
    whole.write_text(f"#!{sys.executable}\n")
    for path in (broken, whole):
        path.chmod(0o755)
    monkeypatch.setattr(chromium, "candidates", lambda: [str(tmp_path / "missing"), str(broken), str(whole)])
    assert chromium.ready() == str(whole)

"""Frames a page draws while something is done to it, and what its tab takes of memory."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

WATCH = """() => {
  const times = [];
  const tick = (now) => { times.push(now); if (window.watched) requestAnimationFrame(tick); };
  window.watched = times;
  requestAnimationFrame(tick);
}"""
SEEN = "() => { const times = window.watched; window.watched = null; return times; }"


def frames_per_second(page: Page, gesture: Callable[[], None]) -> float:
    """Frames per second, on average, from the gesture's first to its last frame."""
    page.evaluate(WATCH)
    gesture()
    times: list[float] = page.evaluate(SEEN)
    return 1000 * (len(times) - 1) / (times[-1] - times[0])


def tab_megabytes() -> float:
    """The most memory (resident, 10^6 bytes) that the largest page of the browsers below this process ever took."""
    return max((_peak(pid) for pid in _below(os.getpid()) if "--type=renderer" in _command(pid)), default=0.0)


def _below(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_below(int(child))]
    return found


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def _peak(pid: int) -> float:
    found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) * 1024 / 1e6 if found else 0.0

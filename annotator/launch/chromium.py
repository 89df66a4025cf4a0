"""The Chromium that tests drive: one that is here, or one that this machine can get."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .console import say

SHELL = "chromium-headless-shell"
"""Chromium without windows, as Debian packages it: it opens a page in half the time."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LEFT_OUT = (
    "No Chromium on this machine, and none could be had: the end-to-end part of the tests is left out. "
    "Install Chromium, or name one by MASKWRIGHT_CHROMIUM."
)
_PLAYWRIGHTS = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


@dataclass(frozen=True)
class Way:
    """A way to get a browser: what it is called, and the commands to run one after the other."""

    name: str
    commands: list[list[str]]


def runs(command: list[str]) -> bool:
    """Run a command without asking anything; say whether it succeeded. False where there is no such program."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def installed() -> str | None:
    """Path of the Chromium that MASKWRIGHT_CHROMIUM names, or else of the first in the PATH."""
    return os.environ.get("MASKWRIGHT_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def candidates() -> Iterable[str]:
    """Paths where a Chromium may be: the one that the person named, those in the PATH, the one Playwright downloads."""
    if named := os.environ.get("MASKWRIGHT_CHROMIUM"):
        yield named
        return
    yield from filter(None, map(shutil.which, NAMES))
    asked = [sys.executable, "-c", _PLAYWRIGHTS]
    done = subprocess.run(asked, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode == 0:
        yield done.stdout.strip()


def ready() -> str | None:
    """Path of a Chromium that starts here; a download without its libraries does not."""
    return next((path for path in candidates() if runs([path, "--version"])), None)


def ways() -> list[Way]:
    """How this machine could get one: Playwright's download, which asks nobody; then Debian's packages, as root."""
    found = [Way("Playwright's download", [[sys.executable, "-m", "playwright", "install", "chromium"]])]
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        update = [*root, "apt-get", "update", "-qq"]
        install = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq"]
        found += [Way(f"the system's package of {name}", [update, [*install, name]]) for name in (SHELL, "chromium")]
    return found


def obtain(
    ready: Callable[[], str | None] = ready,
    ways: Callable[[], list[Way]] = ways,
    run: Callable[[list[str]], bool] = runs,
) -> str | None:
    """Return the path of a Chromium that starts, getting one if need be; say which part is left out where none is."""
    if found := ready():
        return found
    if os.environ.get("MASKWRIGHT_CHROMIUM"):
        say(f"MASKWRIGHT_CHROMIUM names '{os.environ['MASKWRIGHT_CHROMIUM']}', which does not start.")
        return None
    for way in ways():
        say(f"No Chromium on this machine. Trying {way.name}.")
        if all(run(command) for command in way.commands) and (found := ready()):
            return found
    say(LEFT_OUT)
    return None

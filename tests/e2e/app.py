"""Maskwright as `make run` starts it, with a data folder and a port of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import uuid
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Page
from pycocotools import mask as coco_mask

ROOT = Path(__file__).resolve().parents[2]
QUICK_RECOVERY = {"MASKWRIGHT_RUN_LEASE_SECONDS": "4", "MASKWRIGHT_RUN_SWEEP_SECONDS": "1"}
"""A dead worker's run is noticed after seconds instead of half a minute."""
A_LINK_FOR_EVERYBODY = """
from annotator.accounts.models import User
from annotator.accounts.services import issue_signin_link
for person in User.objects.filter(is_active=True):
    print(person.username, issue_signin_link(person))
"""
HERE = {"MASKWRIGHT_IMPORT_NETWORKS": "127.0.0.0/8"}
"""Imports may fetch from servers of this machine. Nothing else differs from `make run`."""


def free_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def enter(page: Page, link: str) -> None:
    """Follow a sign-in link: its page asks, the button signs in."""
    page.goto(link)
    page.get_by_role("button", name="Sign in as").click()
    page.wait_for_url(lambda address: "/signin/" not in address)


class App:
    """The supervisor and what it runs."""

    started: ClassVar[list[App]] = []
    """All that run now; a failed test shows their logs."""

    def __init__(self, var: Path, **env: str) -> None:
        self.var = var
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = os.environ | QUICK_RECOVERY | HERE | {"MASKWRIGHT_VAR": str(var)} | env
        self.env.pop("MASKWRIGHT_DEBUG", None)
        self.lines: list[str] = []
        self._news = threading.Condition()
        self.process: subprocess.Popen[str] | None = None
        self.first_link = ""
        self._cookies: dict[str, list[Any]] = {}
        self._links: dict[str, str] = {}

    def start(self) -> str:
        """Start, wait for the address, and return the one-time sign-in link."""
        command = [sys.executable, "-m", "annotator.launch.supervisor", str(self.port)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        App.started.append(self)
        threading.Thread(target=self._listen, daemon=True).start()
        return self.wait_for_line("/signin/link/", seconds=240).strip()

    def _listen(self) -> None:
        assert self.process
        assert self.process.stdout
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line)
                self._news.notify_all()
        self.process.wait()
        with self._news:
            self._news.notify_all()

    def wait_for_line(self, words: str, seconds: float = 60) -> str:
        """Return the first line of output with these words, waiting for it if need be."""

        def found() -> str | None:
            return next((line for line in self.lines if words in line), None)

        with self._news:
            self._news.wait_for(lambda: found() or (self.process and self.process.poll() is not None), timeout=seconds)
            line = found()
        assert line, f"“{words}” was never said. Output:\n{''.join(self.lines)}\n{self.logs()}"
        return line

    def logs(self) -> str:
        """The ends of the web server's and the worker's logs, for a failure's message."""
        files = sorted((self.var / "log").glob("*.log"))
        return "\n".join(f"--- {file.name}\n{file.read_text(errors='replace')[-3000:]}" for file in files)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """End it as Ctrl+C does; returns the exit status."""
        assert self.process
        if self in App.started:
            App.started.remove(self)
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=30)

    def children(self) -> dict[str, int]:
        """Process ids of the web server and the worker."""
        assert self.process
        found = {}
        for pid in _children(self.process.pid):
            command = Path(f"/proc/{pid}/cmdline").read_text()
            for name in ("gunicorn", "celery"):
                if name in command:
                    found[name] = pid
        return found

    def everything(self) -> list[int]:
        """Process ids of all that runs below the supervisor."""
        assert self.process
        waiting, found = [self.process.pid], []
        while waiting:
            below = _children(waiting.pop())
            found += below
            waiting += below
        return found

    def manage(self, *arguments: str) -> str:
        """Run a management command against this app's data; returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def signin_link(self, user: str = "demo") -> str:
        """A one-time link that nobody has followed. Everybody gets one at once: a command's start takes a second."""
        if user not in self._links:
            printed = self.manage("shell", "-v", "0", "-c", A_LINK_FOR_EVERYBODY)
            self._links |= {name: link for name, _, link in (line.rpartition(" ") for line in printed.splitlines())}
        return f"{self.url}/signin/link/{self._links.pop(user)}/"

    def cookies(self, user: str = "demo") -> list[Any]:
        """What a browser holds once this person has signed in; one sign-in a person, so none may be ended with it."""
        if user not in self._cookies:
            self._cookies[user] = self.fresh_cookies(user)
        return self._cookies[user]

    def fresh_cookies(self, user: str = "demo") -> list[Any]:
        """A sign-in of its own, with a link: for tests that end it."""
        link = self.signin_link(user)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        path = link.removeprefix(self.url)
        connection.request("GET", path)
        asked = connection.getresponse()
        asked.read()
        token = SimpleCookie(asked.headers["Set-Cookie"])["csrftoken"].value
        connection.request("POST", path, headers={"Cookie": f"csrftoken={token}", "X-CSRFToken": token})
        answer = connection.getresponse()
        assert answer.status == 302, link
        jar = SimpleCookie("; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie", [])))
        connection.close()
        return [{"name": name, "value": one.value, "url": self.url} for name, one in jar.items()]

    def editor_address(self, image_name: str) -> str:
        """The editor's page of an image."""
        [image] = self.rows("select id, project_id from projects_image where name = ?", image_name)
        project, image_id = (uuid.UUID(image[key]) for key in ("project_id", "id"))
        return f"{self.url}/projects/{project}/images/{image_id}/edit/"

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Read the database file itself, past all of the app's own code."""
        with sqlite3.connect(f"file:{self.var / 'maskwright.sqlite3'}?mode=ro", uri=True, timeout=20) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql, values)]

    def can_write(self) -> bool:
        """Say whether the database lets a writer in; waits for those who are about to end."""
        with closing(sqlite3.connect(self.var / "maskwright.sqlite3", timeout=5, isolation_level=None)) as database:
            try:
                database.execute("begin immediate")
                database.execute("rollback")
            except sqlite3.OperationalError:
                return False
            return True

    def annotations(self, image_name: str) -> list[dict[str, Any]]:
        """The live annotations of an image as they lie in the database, RLE decoded from JSON."""
        found = self.rows(
            "select a.*, l.name as label_name from annotations_annotation a join projects_image i on i.id = a.image_id "
            "left join projects_label l on l.id = a.label_id where i.name = ? and a.deleted_at is null",
            image_name,
        )
        return [row | {"rle": json.loads(row["rle"])} for row in found]

    def kept(self, image_name: str) -> list[tuple[str, int]]:
        """Label and pixels of every object of an image, counted in the stored masks: what the list must show."""
        rows = self.annotations(image_name)
        return sorted((row["label_name"] or "no label", int(coco_mask.area(row["rle"]))) for row in rows)


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []

"""Somebody with a browser, as far as the server can tell: a session's cookies, one connection, and answers by the
clock."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

LONGEST_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when nothing did. `seconds` from asking to the last byte."""

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        """Return the body as JSON; {} where it is none."""
        try:
            return json.loads(self.body or b"{}")
        except ValueError:
            return {}


class Person:
    """One browser, signed in or not. Not for several threads at once."""

    def __init__(self, port: int, name: str) -> None:
        self.port, self.name = port, name
        self.cookies: dict[str, str] = {}
        self._line: http.client.HTTPConnection | None = None

    def sign_in(self, password: str) -> None:
        """Sign in by the page's form. Raises RuntimeError when it is refused."""
        self.ask("GET", "/signin/")
        form = urlencode({"username": self.name, "password": password, "csrfmiddlewaretoken": self._token()})
        answer = self.ask("POST", "/signin/", form.encode(), kind="application/x-www-form-urlencoded")
        if answer.status != 302:
            raise RuntimeError(f"{self.name} could not sign in: {answer.status}")

    def _token(self) -> str:
        return self.cookies.get("csrftoken", "")

    def api(self, method: str, path: str, body: Any = None) -> Answer:
        """Ask the API, `path` below /api/v1/."""
        return self.ask(method, f"/api/v1/{path}", None if body is None else json.dumps(body).encode())

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Answer:
        """Ask once. What does not answer is status 0; the next request has a new connection.

        A connection that the server has closed meanwhile is no answer and no trouble: browsers ask anew, too."""
        began = time.monotonic()
        reused = self._line is not None
        answer = self._once(method, path, body, kind)
        if answer is None and reused:
            answer = self._once(method, path, body, kind)
        return Answer(*(answer or (0, b"")), time.monotonic() - began)

    def _once(self, method: str, path: str, body: bytes | None, kind: str) -> tuple[int, bytes] | None:
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_SECONDS)
            self._line.request(method, path, body, self.headers(kind))
            answer = self._line.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            return None
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(line).items()}
        if answer.will_close:
            self.hang_up()
        return answer.status, data

    def headers(self, kind: str) -> dict[str, str]:
        """Return what a browser sends beside the body, which is of this kind."""
        return {
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
            "X-CSRFToken": self._token(), "Origin": f"http://127.0.0.1:{self.port}", "Content-Type": kind,
        }  # fmt: skip

    def listen(self, path: str) -> http.client.HTTPResponse | None:
        """Open a stream of events on a connection of its own; None when there is no room for it."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST_SECONDS)
        try:
            line.request("GET", path, headers=self.headers("application/json") | {"Accept": "text/event-stream"})
            answer = line.getresponse()
        except (OSError, http.client.HTTPException):
            return None
        if answer.status != 200:
            answer.close()
            line.close()
            return None
        return answer

    def hang_up(self) -> None:
        """Close the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

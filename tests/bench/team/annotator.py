"""An annotator's day in short: photos one after another, objects drawn, changed and deleted, and what the open editor
asks meanwhile by itself (`static/app/sync/live.js`: others' changes every 2.5 seconds, presence every 15)."""

from __future__ import annotations

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.bench.team.person import Answer, Person

POLL_SECONDS, PRESENCE_SECONDS = 2.5, 15.0
PER_PHOTO = 8
"""Changes before the next photo is opened."""


@dataclass
class Diary:
    """What one annotator saw: of each request what it was, its status and its seconds; and what the server has
    acknowledged: the revision of each object, None for a deleted one."""

    asked: list[tuple[str, int, float]] = field(default_factory=list)
    kept: dict[str, int | None] = field(default_factory=dict)
    streams: int = 0


class Annotator:
    """One person at work. `think` is the mean of the seconds between two changes."""

    def __init__(self, person: Person, team: dict[str, Any], seed: int, think: float) -> None:
        self.person, self.team, self.think = person, team, think
        self.chance, self.diary = random.Random(seed), Diary()
        self.image, self.seq = "", 0
        self.own: dict[str, int] = {}
        self.tab = uuid.UUID(int=seed).hex

    def work(self, until: float) -> None:
        """Work until this moment of `time.monotonic`; the person is signed in."""
        stream = self._listen()
        change = poll = presence = time.monotonic() + self.chance.uniform(0, self.think)
        done = PER_PHOTO
        while (now := min(change, poll, presence)) < until:
            time.sleep(max(0.0, now - time.monotonic()))
            if now == change:
                if done == PER_PHOTO:
                    self._open()
                    done, poll, presence = 0, now + POLL_SECONDS, now
                else:
                    self._change()
                    done += 1
                change = time.monotonic() + self.chance.uniform(0.5, 1.5) * self.think
            elif now == poll:
                self._follow()
                poll = time.monotonic() + POLL_SECONDS
            else:
                self._asked("presence", "POST", f"images/{self.image}/presence/", {"client": self.tab})
                presence = time.monotonic() + PRESENCE_SECONDS
        if stream is not None:
            stream.close()

    def _asked(self, what: str, method: str, path: str, body: Any = None) -> Answer:
        answer = self.person.api(method, path, body)
        self.diary.asked.append((what, answer.status, answer.seconds))
        return answer

    def _listen(self) -> Any:
        """Follow the project's runs, as its open pages do; where there is no room they ask now and then instead."""
        stream = self.person.listen(f"/api/v1/projects/{self.team['project']}/runs/events/")
        if stream is not None:
            self.diary.streams += 1
            threading.Thread(target=_read_on, args=(stream,), daemon=True).start()
        return stream

    def _open(self) -> None:
        self.image, self.own = self.chance.choice(self.team["images"]), {}
        self._asked("image", "GET", f"images/{self.image}/")
        found = self._asked("objects", "GET", f"images/{self.image}/annotations/")
        self.seq = found.json().get("seq", 0) if found.status == 200 else 0

    def _follow(self) -> None:
        found = self._asked("changes", "GET", f"images/{self.image}/annotations/?since={self.seq}")
        self.seq = found.json().get("seq", self.seq) if found.status == 200 else self.seq

    def _change(self) -> None:
        way = self.chance.random()
        if not self.own or way < 0.7:
            data = {"rle": self.chance.choice(self.team["masks"]), "label": self.chance.choice(self.team["labels"])}
            one: dict[str, Any] = {
                "op": "create",
                "id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4)),
                "data": data,
            }
        else:
            known = self.chance.choice(list(self.own))
            one = {"id": known, "revision": self.own[known], "op": "delete" if way > 0.9 else "update"}
            if one["op"] == "update":
                one["data"] = {"label": self.chance.choice(self.team["labels"])}
        one["key"] = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        answer = self._asked("save", "POST", f"images/{self.image}/annotations/bulk/", {"operations": [one]})
        results = answer.json().get("results", []) if answer.status == 200 else []
        if results and results[0]["status"] < 300:
            self._note(one, results[0]["annotation"]["revision"])

    def _note(self, one: dict[str, Any], revision: int) -> None:
        gone = one["op"] == "delete"
        self.diary.kept[one["id"]] = None if gone else revision
        if gone:
            self.own.pop(one["id"], None)
        else:
            self.own[one["id"]] = revision


def _read_on(stream: Any) -> None:
    try:
        while stream.readline():
            pass
    except (OSError, ValueError, AttributeError):
        pass

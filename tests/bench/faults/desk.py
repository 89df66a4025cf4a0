"""People at work who send again what was not acknowledged, under the same key, as the browser's outbox does; and the
account of what the server acknowledged to them."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.bench.faults.outcome import Outcome, explained
from tests.bench.team.person import Answer, Person
from tests.bench.team.seed import PASSWORD

PATIENCE_SECONDS = 90.0


class Desk:
    """One person with an image that nobody else changes. `kept`: the revision of each object as acknowledged."""

    def __init__(self, person: Person, team: dict[str, Any], image: str, chance: random.Random) -> None:
        self.person, self.team, self.image, self.chance = person, team, image, chance
        self.kept: dict[str, int] = {}
        self.own: list[str] = []
        self.answers: list[Answer] = []
        self.given_up = 0
        self.twice = 0

    def arrive(self) -> None:
        """Sign in and see what is there."""
        self.person.sign_in(PASSWORD)
        self.kept = self.stored()

    def stored(self) -> dict[str, int]:
        """Return the revision of each object that the server has. Raises RuntimeError when it does not say."""
        answer = self.person.api("GET", f"images/{self.image}/annotations/")
        if answer.status != 200:
            raise RuntimeError(f"The objects of {self.image} were not told: {answer.status} {answer.body[:300]!r}")
        return {row["id"]: row["revision"] for row in answer.json()["results"]}

    def wish(self) -> dict[str, Any]:
        """Return a change that the person makes: a new object, or one of theirs with other seconds."""
        key = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        if not self.own or self.chance.random() < 0.4:
            one = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
            data = {"rle": self.chance.choice(self.team["masks"]), "label": self.chance.choice(self.team["labels"])}
            return {"op": "create", "id": one, "data": data, "key": key}
        one = self.chance.choice(self.own)
        seconds = round(self.chance.uniform(1, 1e6), 3)
        return {"op": "update", "id": one, "revision": self.kept[one], "data": {"seconds": seconds}, "key": key}

    def body(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Return the request that asks for a change."""
        return {"operations": [wish]}

    def send(self, wish: dict[str, Any]) -> bool:
        """Ask once; whether it was acknowledged."""
        answer = self.person.api("POST", f"images/{self.image}/annotations/bulk/", self.body(wish))
        self.answers.append(answer)
        results = answer.json().get("results", []) if answer.status == 200 else []
        if not results or results[0]["status"] >= 300:
            return False
        wanted = wish.get("revision", 0) + 1
        revision = results[0]["annotation"]["revision"]
        self.twice += revision != wanted
        self.kept[wish["id"]] = revision
        if wish["op"] == "create":
            self.own.append(wish["id"])
        return True

    def save(self, wish: dict[str, Any] | None = None) -> None:
        """Ask for a change until it is acknowledged."""
        wish = wish or self.wish()
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.send(wish):
            if time.monotonic() > end:
                self.given_up += 1
                return
            time.sleep(0.15)

    def judged(self, *allowed: tuple[int, str]) -> Outcome:
        """Compare what was acknowledged with what is stored, and judge the answers since the last time."""
        answers, self.answers = self.answers, []
        found = compared(self.kept, self.stored())
        unexplained = [answer for answer in answers if not _all_explained(answer, allowed)]
        for answer in unexplained[:3]:
            print(f"    unexplained: {answer.status} {answer.body[:200]!r}", flush=True)
        found += Outcome(doubled=self.twice, stuck=self.given_up, unexplained=len(unexplained))
        self.twice = self.given_up = 0
        self.kept = self.stored() if found.wrong else self.kept  # one harm is counted once
        return found


def compared(kept: dict[str, int], stored: dict[str, int]) -> Outcome:
    """Count what is missing or older than it was acknowledged, and what is there or changed that nobody asked for."""
    lost = sum(stored.get(pk, 0) < revision for pk, revision in kept.items())
    doubled = sum(revision > kept.get(pk, 0) for pk, revision in stored.items())
    return Outcome(lost=lost, doubled=doubled)


def _all_explained(answer: Answer, allowed: Sequence[tuple[int, str]]) -> bool:
    """Also each operation inside an answer of success."""
    inner = answer.json().get("results", []) if answer.status == 200 else []
    return explained(answer, *allowed) and all(
        one["status"] < 300 or (one["status"], one["error"]["code"]) in allowed for one in inner
    )


@contextmanager
def working(desks: Sequence[Desk]) -> Iterator[None]:
    """Everybody saves one change after another meanwhile; at the end, each finishes what was begun."""
    over = threading.Event()

    def work(desk: Desk) -> None:
        while not over.is_set():
            desk.save()
            over.wait(desk.chance.uniform(0.02, 0.15))

    threads = [threading.Thread(target=work, args=(desk,), daemon=True) for desk in desks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()

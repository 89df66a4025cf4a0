"""What all kinds of faults work with: the installation, the people in it, and what each of them asks for."""

from __future__ import annotations

import io
import random
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import Any, TypeVar

import numpy as np
from PIL import Image as Picture

from tests.bench.faults.desk import PATIENCE_SECONDS, Desk
from tests.bench.faults.disk import Disk
from tests.bench.faults.machine import Broker, Postgres, Site, until
from tests.bench.faults.outcome import Outcome, explained, is_sentence, unless
from tests.bench.team.person import Answer, Person

T = TypeVar("T")
RUN_SECONDS = 90.0
"""A run that has not ended so long after its fault counts as stuck."""


def picture(chance: random.Random, size: tuple[int, int] = (96, 128)) -> bytes:
    """Return a picture that there was never before, with a few things on it."""
    rng = np.random.default_rng(chance.getrandbits(32))
    pixels = np.full((*size, 3), rng.integers(0, 255, 3), np.uint8)
    for _ in range(6):
        y, x = int(rng.integers(0, size[0] - 20)), int(rng.integers(0, size[1] - 20))
        pixels[y : y + 20, x : x + 20] = rng.integers(0, 255, 3)
    out = io.BytesIO()
    Picture.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def send_file(person: Person, path: str, name: str, data: bytes) -> Answer:
    """Upload a file as the page does, once."""
    line = uuid.uuid4().hex
    head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + f"\r\n--{line}--\r\n".encode()
    return person.ask("POST", path, body, f"multipart/form-data; boundary={line}")


class Campaign:
    """One installation under faults. `lead` owns the project, `desks` annotate, each an image of their own."""

    def __init__(self, site: Site, team: dict[str, Any], postgres: Postgres, broker: Broker, seed: int) -> None:
        self.site, self.team, self.postgres, self.broker = site, team, postgres, broker
        self.chance, self.until_the_end = random.Random(seed), ExitStack()
        self._own: dict[str, Any] = {}
        self.rows_disk: Disk | None = None  # PostgreSQL's own, where one could be mounted
        self.lead = Desk(self._person(0), team, team["images"][0], random.Random(self.chance.getrandbits(64)))
        self.desks = [
            Desk(self._person(at), team, team["images"][at], random.Random(self.chance.getrandbits(64)))
            for at in range(1, len(team["people"]))
        ]

    def _person(self, at: int) -> Person:
        return Person(self.site.port, self.team["people"][at])

    def arrive(self) -> None:
        """Everybody signs in."""
        for desk in (self.lead, *self.desks):
            desk.arrive()

    def own(self, name: str, make: Callable[[], AbstractContextManager[T]]) -> T:
        """Return what a kind of fault has for itself: made the first time, and ended with the campaign."""
        if name not in self._own:
            self._own[name] = self.until_the_end.enter_context(make())
        found: T = self._own[name]
        return found

    def judged(self, *allowed: tuple[int, str]) -> Outcome:
        """Judge what everybody saved."""
        found = Outcome(injected=1)
        for desk in (self.lead, *self.desks):
            found += desk.judged(*allowed)
        return found

    def number(self, query: str, *values: object) -> int:
        """Return the number that a query of the database gives."""
        return int(self.postgres.ask(query, *values)[0][0])

    def send_file(self, path: str, name: str, data: bytes) -> Answer:
        """Upload a file as the page does, once."""
        return send_file(self.lead.person, path, name, data)

    def upload(self, name: str, data: bytes) -> Answer:
        """Upload a picture, once."""
        return self.send_file(f"/api/v1/projects/{self.team['project']}/images/", name, data)

    def uploaded(self, name: str, data: bytes, *allowed: tuple[int, str]) -> Outcome:
        """Upload a picture until it is there, and look that it is there once."""
        found = Outcome()

        def there() -> bool:
            answer = self.upload(name, data)
            done = answer.status == 201 or (answer.status == 409 and answer.json().get("code") == "duplicate_image")
            nonlocal found
            found += unless(done or explained(answer, *allowed), "unexplained", answer)
            return done

        if not until(there, PATIENCE_SECONDS):
            found.stuck += 1
            return found
        count = self.number("SELECT count(*) FROM projects_image WHERE name = %s", name)
        found.lost += count == 0
        found.doubled += count > 1
        return found

    def subject(self, name: str) -> str:
        """Return the id of the image with this name."""
        return str(self.postgres.ask("SELECT id FROM projects_image WHERE name = %s", name)[0][0])

    def ended(self, run: str = "", subject: str = "", wanted: str = "succeeded") -> Outcome:
        """Wait for a run, or the last one about something, to end; a failure has to be told by a sentence."""
        column, value = ("id", run) if run else ("subject", subject)
        last: list[tuple[Any, ...]] = []

        def over() -> bool:
            last[:] = self.postgres.ask(
                f"SELECT state, error, kind FROM runs_run WHERE {column} = %s ORDER BY created DESC LIMIT 1", value
            )
            return bool(last) and last[0][0] in ("succeeded", "failed", "cancelled")

        if not until(over, RUN_SECONDS):
            print(f"    stuck: run {value}: {last}", flush=True)
            return Outcome(stuck=1)
        state, error, kind = last[0]
        well = state == wanted and (state != "failed" or is_sentence(error))
        return unless(well, f"run {value} ({kind}) {state}", error)

    def embedded(self, name: str) -> Outcome:
        """Wait until a picture is encoded, and look that it is so once."""
        subject = self.subject(name)
        found = self.ended(subject=subject)
        if not found.stuck:
            count = self.number("SELECT count(*) FROM inference_embedding WHERE image_id = %s", subject)
            found.lost += count == 0
            found.doubled += count > 1
        return found

    def idle(self) -> int:
        """Wait until no run is queued or running; returns how many still are when none has ended for too long."""
        query = "SELECT count(*) FROM runs_run WHERE state IN ('queued', 'running')"
        while (left := self.number(query)) and until(partial(self._fewer, query, left), RUN_SECONDS):
            pass
        return left

    def _fewer(self, query: str, than: int) -> bool:
        return self.number(query) < than

    def name(self, kind: str) -> str:
        """Return a name that no picture has."""
        return f"{kind}-{self.chance.getrandbits(48):012x}.png"

"""What the memory of one web process is made of while four people work: `python -m tests.bench.memory_ways`, and with
`steady` while they delete what they made before they open the next photo, so that answers do not grow.

MASKWRIGHT_BENCH_SECONDS says how long (ten minutes), MASKWRIGHT_BENCH_DATABASES on what.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from tests.bench.team.annotator import Annotator
from tests.bench.team.installation import Installation, database
from tests.bench.team.person import Person
from tests.bench.team.seed import PASSWORD

SECONDS = float(os.environ.get("MASKWRIGHT_BENCH_SECONDS", "600"))
KIND = os.environ.get("MASKWRIGHT_BENCH_DATABASES", "postgresql")
PEOPLE, IMAGES, PARTS, THINK = 4, 60, 10, 0.05


class LookedAt(Installation):
    """One whose web process tells of its memory."""

    def _start(self, log: str, *words: str) -> subprocess.Popen[bytes]:
        own = {"annotator.wsgi:application": "tests.bench.team.looked_at:application"}
        return super()._start(log, *(own.get(word, word) for word in words))

    def memory(self) -> dict[str, float]:
        """Ask it."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/memory", timeout=60) as answer:
            return dict(json.load(answer))


class Tidy(Annotator):
    """Somebody who leaves a photo as it was."""

    def _open(self) -> None:
        while self.own:
            known, revision = self.own.popitem()
            one = {"op": "delete", "id": known, "revision": revision, "key": str(uuid.uuid4())}
            self._asked("save", "POST", f"images/{self.image}/annotations/bulk/", {"operations": [one]})
        super()._open()


def main(words: list[str]) -> None:
    """Work, and print a row for each part."""
    kind = Tidy if "steady" in words else Annotator
    with tempfile.TemporaryDirectory() as folder, database(KIND) as env:
        site = LookedAt(Path(folder), env)
        team = site.seed(PEOPLE, IMAGES, 3)
        try:
            site.start_web()
            people = [kind(Person(site.port, name), team, at, THINK) for at, name in enumerate(team["people"])]
            for one in people:
                one.person.sign_in(PASSWORD)
            print(f"| requests | {' | '.join(site.memory())} |\n| {'--- | ' * 6}", flush=True)
            for _ in range(PARTS + 1):
                asked = sum(len(one.diary.asked) for one in people)
                print(f"| {asked} | {' | '.join(f'{value:.1f}' for value in site.memory().values())} |", flush=True)
                _together(people, SECONDS / PARTS)
        finally:
            site.stop()


def _together(people: list[Any], seconds: float) -> None:
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=one.work, args=(until,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1:])

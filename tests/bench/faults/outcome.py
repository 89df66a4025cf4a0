"""What an injected fault did, and whether an answer tells a person what happened."""

from __future__ import annotations

from dataclasses import dataclass, fields

from tests.bench.measure import Measure
from tests.bench.team.person import Answer

NO_ANSWER = (0, "")
"""The server is gone: the page itself says that it is offline, and sends again."""


@dataclass
class Outcome:
    """Counts over faults. lost: acknowledged and not stored so; doubled: done twice; stuck: work that did not end in
    time; unexplained: an answer that is no success, and no sentence that fits."""

    injected: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    unexplained: int = 0

    def __iadd__(self, other: Outcome) -> Outcome:
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        return self

    @property
    def wrong(self) -> int:
        """Everything that must be 0."""
        return self.lost + self.doubled + self.stuck + self.unexplained


@dataclass(frozen=True)
class Row(Measure):
    """A kind of fault in the results' file; its ratio is the share that came to no harm."""

    injected: int = 0
    lost: int = 0
    doubled: int = 0
    stuck: int = 0
    unexplained: int = 0

    @property
    def ratio(self) -> float:
        """1 where nothing went wrong, 0 where every fault did harm."""
        return max(0.0, 1 - self.value / max(self.baseline_value, 1.0))


def is_sentence(text: object) -> bool:
    """Whether this tells a person something: words that end as a sentence does."""
    return isinstance(text, str) and len(text.split()) >= 4 and text.rstrip().endswith((".", "!", "?"))


def unless(well: bool, what: str, said: object) -> Outcome:
    """Count what is not well as unexplained, and print what was said, so that somebody can look for its cause."""
    if not well:
        told = f"{said.status} {said.body[:200]!r}" if isinstance(said, Answer) else repr(said)
        print(f"    {what}: {told}", flush=True)
    return Outcome(unexplained=int(not well))


def explained(answer: Answer, *allowed: tuple[int, str]) -> bool:
    """Whether an answer is a success, or one of those allowed (status and code) with a sentence."""
    if 200 <= answer.status < 400:
        return True
    if answer.status == 0:
        return NO_ANSWER in allowed
    body = answer.json()
    if not isinstance(body, dict):
        return False
    return (answer.status, body.get("code")) in allowed and is_sentence(body.get("message"))

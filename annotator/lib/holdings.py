"""What lies in the storage and which rows need it, told by each app, for those who look after the whole: backup,
verification, collection of what nobody needs. Apps say so in their `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a file can be read, beyond its hash."""

    PICTURE = "picture"
    GZIP = "gzip"
    ZIP = "zip"
    TENSORS = "tensors"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Held:
    """A file that a row needs: its name in the storage, what it holds, and whose it is, in words. One that is
    `optional` may be gone: its row can do without, but what is there is kept."""

    name: str
    kind: Kind
    of: str
    optional: bool = False


Source = Callable[[], Iterator[Held]]
Check = Callable[[], Iterator[str]]

_SOURCES: list[Source] = []
_CHECKS: list[Check] = []


def add_source(source: Source) -> None:
    """Add a function that goes through everything its app's rows need, as a stream; the same file may come twice."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def add_check(check: Check) -> None:
    """Add a function that goes through its app's rows, and says of each that makes no sense what is wrong."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def held() -> Iterator[Held]:
    """Go through every file that some row needs, as a stream."""
    for source in _SOURCES:
        yield from source()


def unsound() -> Iterator[str]:
    """Go through every row that makes no sense, as sentences."""
    for check in _CHECKS:
        yield from check()

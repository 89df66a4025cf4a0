"""Walking all rows and files: what is missing, what is damaged, what nobody needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, connection

from annotator.lib.holdings import held, unsound
from annotator.lib.scratch import local_file
from annotator.upkeep.blobs import orphans
from annotator.upkeep.files import Listed, files
from annotator.upkeep.reading import digest, hash_named, unreadable
from annotator.upkeep.troubles import Say


class Problem(StrEnum):
    """What can be wrong; only an orphan does no harm."""

    ROW = "row"
    MISSING = "missing"
    CORRUPT = "corrupt"
    UNREADABLE = "unreadable"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be, in words."""

    problem: Problem
    text: str


def findings(say: Say, *, quick: bool = False) -> Iterator[Finding]:
    """Go through everything; `quick` only asks whether files are there."""
    say("Looking at rows …")
    yield from _rows()
    with files() as needed:
        needed.add(held())
        say(f"Looking at {len(needed)} files …")
        for one in needed:
            yield from _file(one, quick=quick)
        say("Looking for files that nobody needs …")
        yield from (Finding(Problem.ORPHAN, name) for name in orphans(needed))


def _rows() -> Iterator[Finding]:
    try:
        connection.check_constraints()
    except IntegrityError as error:
        yield Finding(Problem.ROW, str(error))
    yield from (Finding(Problem.ROW, sentence) for sentence in unsound())


def _file(one: Listed, *, quick: bool) -> Iterator[Finding]:
    try:
        with local_file(one.name) as path:
            if quick:
                return
            with path.open("rb") as source:
                sha256, _ = digest(source)
            if sha256 != (hash_named(one.name) or sha256):
                yield Finding(Problem.CORRUPT, f"{one.name}, {one.of}: its bytes have another hash.")
            elif why := unreadable(path, one.kind):
                yield Finding(Problem.UNREADABLE, f"{one.name}, {one.of}: {why}")
    except FileNotFoundError:
        if not one.optional:
            yield Finding(Problem.MISSING, f"{one.name}, {one.of}")

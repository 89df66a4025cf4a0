"""What is remembered of backups and of verifying, and when to remind of them."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error
from django.utils import timezone

from annotator.upkeep.choices import Kind
from annotator.upkeep.models import Record

log = logging.getLogger(__name__)

SAID_LIMIT = 500
_NEVER = {
    Kind.BACKUP: "No backup of this installation is known: “maskwright backup FOLDER” makes one.",
    Kind.VERIFY: "Rows and files were never verified: “maskwright verify” reads all of them.",
}
_OLD = {
    Kind.BACKUP: "The last good backup is {days} days old: look whether the timer runs, or make one.",
    Kind.VERIFY: "All was last found well {days} days ago: “maskwright verify” reads all rows and files.",
}
_FAILED = {
    Kind.BACKUP: "The last backup did not end well: its message says why.",
    Kind.VERIFY: "Not all was well: its message says what was found.",
}


class Noted:
    """What a command has to say of its work."""

    said = ""


@dataclass(frozen=True)
class Kept:
    """How the last of a kind ended, at what time and on which machine, when one last ended well, and what to do about
    it; `ended` is None where there was none."""

    kind: Kind
    ended: datetime | None = None
    well: bool = False
    said: str = ""
    host: str = ""
    succeeded: datetime | None = None
    worry: str = ""


@contextmanager
def noted(kind: Kind, *, failures_only: bool = False) -> Iterator[Noted]:
    """Remember how the block ends: well, with what it says, or not, with the first line of its CommandError.

    `failures_only`: of work that did not look at everything only what it found wrong is worth remembering.
    """
    told = Noted()
    try:
        yield told
    except CommandError as error:
        _write(kind, well=False, said=str(error))
        raise
    if not failures_only:
        _write(kind, well=True, said=told.said)


def _write(kind: Kind, *, well: bool, said: str) -> None:
    now = timezone.now()
    row = {"ended": now, "well": well, "said": said.partition("\n")[0][:SAID_LIMIT], "host": socket.gethostname()[:255]}
    try:
        Record.objects.update_or_create(kind=kind, defaults=row | ({"succeeded": now} if well else {}))
    except Error:  # such as a database that is away, of which the command tells itself
        log.warning("How the %s ended could not be noted", kind, exc_info=True)


def kept() -> list[Kept]:
    """Return what is known of each kind."""
    rows = {row.kind: row for row in Record.objects.all()}
    return [_kept(kind, rows.get(kind)) for kind in Kind]


def _kept(kind: Kind, row: Record | None) -> Kept:
    worry = _worry(kind, row)
    if row is None:
        return Kept(kind, worry=worry)
    return Kept(kind, row.ended, row.well, row.said, row.host, row.succeeded, worry)


def _worry(kind: Kind, row: Record | None) -> str:
    days = {Kind.BACKUP: settings.BACKUP_DAYS, Kind.VERIFY: settings.VERIFY_DAYS}[kind]
    if not days:
        return ""
    if row is not None and not row.well:
        return _FAILED[kind]
    if row is None or row.succeeded is None:
        return _NEVER[kind]
    age = timezone.now() - row.succeeded
    return _OLD[kind].format(days=age.days) if age > timedelta(days=days) else ""

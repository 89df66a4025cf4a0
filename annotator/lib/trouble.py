"""Troubles of the machine that are nobody's mistake, told apart by what helps: a full disk, a storage that cannot be
written, a database that is busy or away. One mapping for API, pages, files and workers."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError


@dataclass(frozen=True, slots=True)
class Trouble:
    """What to answer: a stable code, a sentence, 507 or 503, and after how many seconds another try makes sense."""

    code: str
    message: str
    status: int
    retry_after: int


DISK_FULL = Trouble(
    "disk_full",
    "The server's disk is full, so this could not be done and nothing was changed. Ask an administrator to make room; "
    "then try again.",
    507,
    60,
)
STORAGE_READ_ONLY = Trouble(
    "storage_read_only",
    "The server's storage cannot be written, so this could not be done and nothing was changed. Ask an administrator "
    "to look at it; then try again.",
    503,
    60,
)
STORAGE_AWAY = Trouble(
    "storage_unavailable",
    "The server's storage does not answer, so this could not be done. Try again in a moment; if it stays so, tell an "
    "administrator.",
    503,
    10,
)
DATABASE_BUSY = Trouble(
    "database_busy",
    "Too many people are saving at this moment, so this was not saved and nothing was changed. Try again in a moment.",
    503,
    2,
)
DATABASE_AWAY = Trouble(
    "database_unavailable",
    "The server's database does not answer, so this could not be done and nothing was changed. Try again in a moment.",
    503,
    3,
)

_BY_NUMBER = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: DISK_FULL,
    errno.EROFS: STORAGE_READ_ONLY,
    errno.EACCES: STORAGE_READ_ONLY,
    errno.EPERM: STORAGE_READ_ONLY,
    errno.EIO: STORAGE_AWAY,
    errno.ESTALE: STORAGE_AWAY,
    errno.ENOTCONN: STORAGE_AWAY,
    errno.ETIMEDOUT: STORAGE_AWAY,
}
# PostgreSQL's SQLSTATE (its manual, appendix A): disk_full, read_only_sql_transaction; serialization_failure,
# deadlock_detected, lock_not_available.
_BY_STATE = {
    "53100": DISK_FULL,
    "25006": STORAGE_READ_ONLY,
    "40001": DATABASE_BUSY,
    "40P01": DATABASE_BUSY,
    "55P03": DATABASE_BUSY,
}
# SQLite tells its result codes apart by text only as far as Django passes them on.
_BY_TEXT = {
    "disk is full": DISK_FULL,
    "readonly database": STORAGE_READ_ONLY,
    "unable to open database file": STORAGE_AWAY,
    "is locked": DATABASE_BUSY,
}


def trouble_of(error: BaseException) -> Trouble | None:
    """Return the trouble behind an error or one of its causes; None when it is something else, a bug for instance."""
    return next((found for each in _chain(error) if (found := _known(each)) is not None), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        now = now.__cause__


def _known(error: BaseException) -> Trouble | None:
    if isinstance(error, OperationalError | InterfaceError):
        state = getattr(error.__cause__, "sqlstate", None) or ""
        said = str(error)
        by_text = (found for text, found in _BY_TEXT.items() if text in said)
        return _BY_STATE.get(state) or next(by_text, DATABASE_AWAY)
    if isinstance(error, OSError) and error.errno is not None:
        return _BY_NUMBER.get(error.errno)
    return _of_a_bucket(error)


def _of_a_bucket(error: BaseException) -> Trouble | None:
    """Tell the troubles of a bucket apart. botocore is an extra: whose errors come up has loaded it already."""
    boto = sys.modules.get("botocore.exceptions")
    if boto is None:
        return None
    if isinstance(error, boto.ClientError):
        return _by_answer(error.operation_name, error.response)
    away = (boto.ConnectionError, boto.HTTPClientError, boto.IncompleteReadError, boto.NoCredentialsError)
    return STORAGE_AWAY if isinstance(error, away) else None


def _by_answer(operation: str, answer: dict[str, Any]) -> Trouble | None:
    """Judge what a bucket answered; None for what only a mistake of ours brings about, such as a bad request."""
    status = int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    code = str(answer.get("Error", {}).get("Code", ""))
    if status == 507 or code.endswith("StorageFull") or code == "QuotaExceeded":
        return DISK_FULL
    if status in (401, 403):
        return STORAGE_AWAY if operation.startswith(("Get", "Head", "List")) else STORAGE_READ_ONLY
    return STORAGE_AWAY if status in (408, 429) or status >= 500 or code == "NoSuchBucket" else None

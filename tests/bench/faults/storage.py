"""A storage that fails as it is told: by `fault.json` in the installation's folder, read at each access.

`MASKWRIGHT_BLOB_BACKEND` names it, so that web processes and workers are those of every installation otherwise.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.utils import timezone

from annotator.lib.storage import BlobFileStorage

NUMBERS = {"full": errno.ENOSPC, "read-only": errno.EROFS, "failing": errno.EIO}
WHO = "worker" if "celery" in sys.argv[0] else "web"

_seen: dict[str, int] = {}

if SKEW := float(os.environ.get("MASKWRIGHT_BENCH_SKEW", "0")):
    # This process's clock is wrong, as far as Django is asked for it: what every row's time is taken from.
    _right = timezone.now
    timezone.now = lambda: _right() + timedelta(seconds=SKEW)


class Faulty(BlobFileStorage):
    """Files in a folder, with faults."""

    def _save(self, name: str, content: File[Any]) -> str:
        _meet("save")
        return super()._save(name, content)

    def _open(self, name: str, mode: str = "rb") -> IO[bytes]:
        _meet("open")
        return super()._open(name, mode)  # type: ignore[misc]  # the stubs lack it


def _meet(what: str) -> None:
    path = Path(settings.MASKWRIGHT_VAR) / "fault.json"
    try:
        plan = json.loads(path.read_text())
    except FileNotFoundError:
        return
    if plan["who"] not in ("all", WHO) or plan["on"] not in ("all", what):
        return
    _seen[plan["id"]] = _seen.get(plan["id"], 0) + 1
    if _seen[plan["id"]] <= plan["after"]:
        return
    if plan["do"] == "slow":
        time.sleep(plan["seconds"])
    elif plan["do"] == "hold":
        path.with_name("held").touch()
        while path.exists():
            time.sleep(0.02)
    else:
        number = NUMBERS[plan["do"]]
        raise OSError(number, os.strerror(number))

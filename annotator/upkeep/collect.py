"""Deleting what lies in the storage and nobody needs. What is young stays: its row may not be written yet."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from annotator.lib.holdings import held
from annotator.lib.storage import blobs
from annotator.upkeep.blobs import orphans
from annotator.upkeep.files import files

OURS = re.compile(r"([0-9a-f]{2}/([0-9a-f]{64}|\.incoming-\w+)|videos/[0-9a-f-]{36})\Z")
"""Names that Maskwright gives; other files in the storage are not touched."""


def collect(older_than: timedelta, told: Callable[[str, int], object], *, dry: bool = False) -> tuple[int, int]:
    """Delete the files that no row needs and that have lain there for so long; tell each with its bytes. Return how
    many there were, and their bytes; with `dry` nothing is deleted."""
    count = size = 0
    with files() as needed, files() as candidates:
        needed.add(held())
        candidates.add_names(name for name in orphans(needed) if OURS.match(name) and _is_old(name, older_than))
        # Rows may have come meanwhile. Who stores a file that is there makes it young again before writing a row.
        needed.add(held())
        for one in candidates:
            if one.name in needed or not _is_old(one.name, older_than):
                continue
            lies = blobs().size(one.name)
            if not dry:
                blobs().delete(one.name)
            told(one.name, lies)
            count, size = count + 1, size + lies
    return count, size


def _is_old(name: str, older_than: timedelta) -> bool:
    try:
        return blobs().get_modified_time(name) < timezone.now() - older_than
    except FileNotFoundError:
        return False

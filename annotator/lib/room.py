"""Whether there is room to write: free bytes of the disk that holds database, blobs and uploads, and a file that can be
made there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings

from annotator.lib.errors import ApiError
from annotator.lib.trouble import DISK_FULL, STORAGE_READ_ONLY, Trouble

SPARE_BYTES = 512 * 1024 * 1024
"""What large uploads must leave free on the disk; less, and the database may not be able to write."""


def free_bytes() -> int:
    """Return what is free on the disk that holds this server's data."""
    return shutil.disk_usage(settings.MASKWRIGHT_VAR).free


def require_room(name: str, size: int) -> None:
    """Raise ApiError (`disk_full`) when an upload of so many bytes does not leave `SPARE_BYTES` free."""
    if free_bytes() < size + SPARE_BYTES:
        raise ApiError("disk_full", f"There is no room for “{name}” on the server's disk.", status=507)


def places() -> list[Path]:
    """Return the folders that must be writable: `MASKWRIGHT_VAR`, and that of the blobs unless they lie in a bucket."""
    found = [Path(settings.MASKWRIGHT_VAR)]
    location = settings.STORAGES["blobs"].get("OPTIONS", {}).get("location", "")
    if location and Path(location).is_absolute():
        found.append(Path(location))
    return found


def trouble_with_room() -> Trouble | None:
    """Return what keeps this machine from writing: a disk that is nearly full, or read-only; None: nothing does."""
    return next((trouble for place in places() if (trouble := _trouble_at(place)) is not None), None)


def _trouble_at(place: Path) -> Trouble | None:
    while not place.exists() and place != place.parent:
        place = place.parent  # made at the first write
    if shutil.disk_usage(place).free < settings.MIN_FREE_BYTES:
        return DISK_FULL
    try:
        with tempfile.TemporaryFile(dir=place):
            return None
    except OSError:
        return STORAGE_READ_ONLY

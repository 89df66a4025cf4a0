"""What Maskwright writes is for the account that runs it: database, photos, logs and the links in them.

Every process calls it when it reads its settings. The launcher, which writes logs before, sets the same mask itself.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_private(folder: Path) -> None:
    """Let this process and its children write files that nobody else may read, and make `folder` private.

    A folder that others could enter is mended with all that lies in it; behind a private one nobody gets at anything,
    so it is not walked. Where the file system or another owner does not allow it, a warning says what to do."""
    os.umask(OTHERS)
    try:
        if not folder.is_dir() or not _open_to_others(folder):
            return
        folder.chmod(stat.S_IRWXU)
        for place, folders, files in os.walk(folder):
            for name in [*folders, *files]:
                _mend(Path(place, name))
        shut = not _open_to_others(folder)
    except OSError:
        shut = False
    if not shut:
        sys.stderr.write(
            f"Other accounts of this machine can read {folder}, where the database and the photos are, and its "
            f"permissions could not be changed. Run `chmod -R go-rwx {folder}` as its owner.\n"
        )


def _open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & OTHERS)


def _mend(path: Path) -> None:
    if path.is_symlink():  # what it points to may be anything
        return
    try:
        mode = path.stat().st_mode
        if mode & OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        pass  # gone meanwhile

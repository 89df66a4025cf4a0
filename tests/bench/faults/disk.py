"""A disk that is really full: a small file system of memory (tmpfs), filled to its last page."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHUNK = 1 << 20


class Disk:
    """A file system of so many megabytes under `folder`."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder, self.filler = folder, folder / "filler"
        folder.mkdir(exist_ok=True)
        size = f"size={megabytes}m,mode=755"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True, capture_output=True)

    def fill(self) -> None:
        """Leave not a byte."""
        with self.filler.open("ab", buffering=0) as out:
            for step in (CHUNK, 4096, 1):
                with contextlib.suppress(OSError):
                    while out.write(bytes(step)) == step:
                        pass

    def make_room(self) -> None:
        """Give it all back."""
        self.filler.unlink(missing_ok=True)

    def close(self) -> None:
        """Take it away, with everything on it."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False, capture_output=True)


def mountable() -> bool:
    """Whether this process may mount one: root may, unless it is kept from that."""
    if os.getuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as name:
        try:
            Disk(Path(name), 1).close()
        except (OSError, subprocess.CalledProcessError):
            return False
    return True


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk that is taken away at the end."""
    disk = Disk(folder, megabytes)
    try:
        yield disk
    finally:
        disk.close()

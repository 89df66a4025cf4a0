"""What was uploaded already: one hash a line, appended as each file is done, so that a killed upload goes on."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class Ledger:
    """The hashes of the files that a server's project has from this computer."""

    def __init__(self, server: str, project: str) -> None:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        name = hashlib.sha256(f"{server} {project}".encode()).hexdigest()[:32]
        self._path = Path(base) / "maskwright" / "uploads" / name
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        self._known = set(lines)

    def __contains__(self, digest: str) -> bool:
        return digest in self._known

    def add(self, digest: str) -> None:
        """Remember one, at once."""
        self._known.add(digest)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as out:
            out.write(digest + "\n")

    def forget(self) -> None:
        """Send everything again."""
        self._known.clear()
        self._path.unlink(missing_ok=True)

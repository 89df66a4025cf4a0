"""Which server, and the key: from the environment, else from a file that only its owner reads."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from maskwright.errors import MaskwrightError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A server's address and an API key for it."""

    server: str
    key: str = field(repr=False)


def place() -> Path:
    """Return the file that holds them."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "maskwright" / "credentials.json"


def saved() -> Credentials:
    """Return what the environment says, else what was saved. Raises MaskwrightError."""
    server, key = os.environ.get("MASKWRIGHT_SERVER"), os.environ.get("MASKWRIGHT_TOKEN")
    if server and key:
        return Credentials(server, key)
    try:
        known = json.loads(place().read_text())
        return Credentials(server or str(known["server"]), key or str(known["key"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise MaskwrightError(
            "Sign in first: maskwright signin https://SERVER, or set MASKWRIGHT_SERVER and MASKWRIGHT_TOKEN.",
            code="not_signed_in",
        ) from None


def save(known: Credentials) -> None:
    """Write them, for nobody else to read."""
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump({"server": known.server, "key": known.key}, out)


def forget() -> None:
    """Delete the file."""
    place().unlink(missing_ok=True)

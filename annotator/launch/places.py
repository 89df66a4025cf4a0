"""Where things are in a checkout, and the stamps that say which of them are up to date."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout's folder."""


def var_folder() -> Path:
    """Folder of everything Maskwright writes at run time: MASKWRIGHT_VAR, or `var` in the checkout."""
    return Path(os.environ.get("MASKWRIGHT_VAR") or ROOT / "var").absolute()


def venv_folder() -> Path:
    """Folder of the virtual environment: MASKWRIGHT_VENV, or `.venv` in the checkout."""
    return Path(os.environ.get("MASKWRIGHT_VENV") or ROOT / ".venv").absolute()


def digest(files: Iterable[Path], *more: str) -> str:
    """Hash the content of `files` and some strings: the key of a stamp."""
    seen = hashlib.sha256()
    for path in files:
        seen.update(path.read_bytes() if path.exists() else b"-")
        seen.update(b"\0")
    for text in more:
        seen.update(text.encode() + b"\0")
    return seen.hexdigest()


def read_stamp(path: Path) -> dict[str, object]:
    """Return what was stamped, or an empty dictionary when there is no readable stamp."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_stamp(path: Path, **values: object) -> None:
    """Write a stamp so that a crash leaves the old one or the new one, never half of it."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(values))
    draft.replace(path)

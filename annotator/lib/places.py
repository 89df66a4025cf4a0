"""Where pages, scripts and data lie: in a checkout at its top, in an installed package inside it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout's folder; of an installed package, the folder it is installed in."""
PACKED = ROOT / "annotator" / "assets"
"""Where a wheel carries `templates` and `static`: setup.py puts them there."""
ASSETS = PACKED if PACKED.is_dir() else ROOT
"""The folder that holds `templates` and `static`."""


def default_var() -> Path:
    """`var` in the checkout; for an installed package the person's own data folder, as the XDG rules name it."""
    if ASSETS == ROOT:
        return ROOT / "var"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "maskwright"

"""Where an image stands in its project: by folder and name, numbers by their size, whatever any clock says.

The order is kept as a text of hexadecimal digits, `place`, so that a database sorts it by an index and by no language's
rules: SQLite, PostgreSQL under any collation, Python and JavaScript compare such texts alike.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

PLACE_LENGTH = 1216
"""PostgreSQL's index takes 2,700 bytes a row."""
BY_NAME_BYTES, AS_WRITTEN_BYTES, TIME_BYTES = 400, 200, 8

_DIGITS = re.compile(r"([0-9]+)")
_END = b"\0"
_FOLDER = b"\1"


def path_of(folder: str, name: str) -> str:
    """Return folder and name as one, as people tell an image from others."""
    return f"{folder}/{name}" if folder else name


def place_of(folder: str, name: str, created: datetime) -> str:
    """Return the text that images are ordered by: `frame2` before `frame10`, `É` beside `e`, a folder's images
    together. Of paths that read the same (`1.png`, `01.png`) the spelling decides, then which was added first."""
    path = path_of(folder, name)
    by_name = _FOLDER.join(_by_name(part) for part in path.split("/"))[:BY_NAME_BYTES]
    as_written = path.encode("utf-8", "replace")[:AS_WRITTEN_BYTES]
    micros = int(created.timestamp() * 1_000_000).to_bytes(TIME_BYTES, "big")
    return (by_name + _END + as_written + _END + micros).hex()


def _by_name(part: str) -> bytes:
    return b"".join(_number(run) if run[0] in "0123456789" else _letters(run) for run in _DIGITS.split(part) if run)


def _letters(text: str) -> bytes:
    bare = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return "".join(bare).encode("utf-8", "replace").replace(b"\0", b"").replace(b"\1", b"")


def _number(digits: str) -> bytes:
    """Begins as the digit 0 does, so that numbers stand where digits stand; then longer numbers are larger ones."""
    bare = digits.lstrip("0") or "0"
    return b"0" + min(len(bare), 0xFFFF).to_bytes(2, "big") + bare.encode()

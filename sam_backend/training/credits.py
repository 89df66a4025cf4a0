"""Whose photos are shown: licence and address of a data folder's images, where its annotations name them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def credits_of(captions: Sequence[str], sources: Sequence[Path]) -> list[str]:
    """One line per image.

    Args:
        captions: "SET FILENAME", as examples carry them.
        sources: the data folders they came from.
    """
    rows: dict[str, dict[str, Any]] = {}
    for source in sources:
        listing = source / "annotations.jsonl"
        if listing.is_file():
            for line in listing.read_text().splitlines():
                row = json.loads(line)
                rows[f"{source.name} {Path(row['image']).name}"] = row
    return [_credit(caption, rows.get(caption, {})) for caption in captions]


def _credit(caption: str, row: dict[str, Any]) -> str:
    known = [str(row[key]) for key in ("image_licence", "flickr_url") if row.get(key)]
    return f"{caption} ({', '.join(known)})" if known else caption

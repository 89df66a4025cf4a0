"""Counts as the interface says them."""
from __future__ import annotations


def counted(count: int, word: str) -> str:
    """Return "1 image", "3 images"."""
    return f"{count} {word}{'' if count == 1 else 's'}"

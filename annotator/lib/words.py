"""Counts as the interface says them."""

from __future__ import annotations


def counted(count: int, word: str, many: str = "") -> str:
    """Return "1 image", "3 images"; `many` is the word for several where an s does not make it."""
    return f"{count} {word if count == 1 else many or word + 's'}"


def plain_cell(text: str) -> str:
    """Return a text so that a spreadsheet shows it and does not work it out as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text

"""The editor's keys as the help page shows them: the editor's own table of commands, read from its file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypedDict

from django.contrib.staticfiles import finders

TABLE = "app/core/commands.js"
"""The static file whose comment describes the lines."""
SHOWN = {
    "Escape": "Esc",
    "Delete": "Del",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    "ArrowUp": "↑",
    "ArrowDown": "↓",
}


class Key(TypedDict):
    """One line: alternatives of key combinations, and what they do."""

    keys: list[list[str]]
    text: str


class Group(TypedDict):
    """Keys that belong together."""

    title: str
    keys: list[Key]


@cache
def key_groups() -> list[Group]:
    """Every command that has a key, in the table's groups and order.

    Raises:
        RuntimeError: the table is not where the editor has it.
    """
    source = finders.find(TABLE)
    if source is None:
        raise RuntimeError(f"The table of commands, {TABLE}, is missing from the static files.")
    table = Path(str(source)).read_text(encoding="utf-8").split("String.raw`")[1].split("`")[0]
    groups: list[Group] = []
    for line in table.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 1:
            groups.append({"title": cells[0], "keys": []})
        elif keys := cells[1].split():
            groups[-1]["keys"].append({"keys": [parts_of(key) for key in keys], "text": cells[4]})
    return groups


def parts_of(key: str) -> list[str]:
    """ "Ctrl+Shift+Z" as the keys to press; the last may be a plus itself."""
    *held, last = key[:-1].split("+") if key.endswith("+") else key.split("+")
    return [*held, "+"] if key.endswith("+") else [*held, SHOWN.get(last, last)]

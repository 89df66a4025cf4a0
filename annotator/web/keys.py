"""The editor's keys as the help page shows them."""
from __future__ import annotations

from typing import TypedDict


class Key(TypedDict):
    """One line: alternatives of key combinations, and what they do."""

    keys: list[list[str]]
    text: str


class Group(TypedDict):
    """Keys that belong together."""

    title: str
    keys: list[Key]


def _key(text: str, *combinations: str) -> Key:
    return {"keys": [combination.split() for combination in combinations], "text": text}


KEYS: list[Group] = [
    {
        "title": "Tools",
        "keys": [
            _key("Smart tool: click for a mask, drag for a box", "S"),
            _key("Brush", "B"),
            _key("Eraser", "E"),
            _key("Polygon", "P"),
            _key("Box", "R"),
            _key("Fill and magic wand", "T"),
            _key("Select", "V"),
            _key("Smaller, larger brush", "[", "]"),
        ],
    },
    {
        "title": "While making a mask",
        "keys": [
            _key("Next, previous of the three candidates", "Tab", "Shift Tab"),
            _key("Finish the object", "N", "Enter"),
            _key("Give it a label, which also finishes it", "1…9"),
            _key("Give up the object begun", "Esc"),
            _key("Take back the last click", "Ctrl Z"),
        ],
    },
    {
        "title": "Objects",
        "keys": [
            _key("Next, previous object", "Tab", "Shift Tab"),
            _key("Delete", "Del"),
            _key("Hide, lock", "H", "L"),
            _key("To the back, to the front", "-", "+"),
            _key("Accept, reject a suggestion", "A", "X"),
            _key("Undo", "Ctrl Z"),
            _key("Redo", "Ctrl Shift Z", "Ctrl Y"),
        ],
    },
    {
        "title": "Photos and view",
        "keys": [
            _key("Next, previous photo", "F", "D"),
            _key("Mark the photo done", "Ctrl Enter"),
            _key("Hold and drag to move the photo", "Space"),
            _key("Fit the photo to the window", "0"),
            _key("Show or hide the panel", "\\"),
            _key("Help", "?", "F1"),
        ],
    },
]

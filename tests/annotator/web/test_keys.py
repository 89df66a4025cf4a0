"""The help page names only keys that the editor's commands really have."""
from __future__ import annotations

import re
from pathlib import Path

from annotator.web.keys import KEYS

COMMANDS = Path(__file__).parents[3] / "static" / "app" / "ui" / "commands"
SHORT = {"Del": "Delete", "Esc": "Escape"}
# Not commands: held while dragging, and one per label.
ELSEWHERE = {"Space", "1…9"}


def commanded() -> set[str]:
    """Every key in the command tables."""
    source = "".join(path.read_text() for path in COMMANDS.glob("*.js"))
    quoted = r"'(?:[^'\\\n]|\\.)+'"
    lists = re.findall(rf"\bkeys?: (\[(?:{quoted}(?:, )?)+\]|{quoted})", source)
    return {key[1:-1].replace("\\\\", "\\") for listed in lists for key in re.findall(quoted, listed)}


def test_every_key_on_the_help_page_does_something():
    shown = {
        "+".join(SHORT.get(part, part) for part in combination)
        for group in KEYS
        for key in group["keys"]
        for combination in key["keys"]
    }
    assert shown - ELSEWHERE - commanded() == set()

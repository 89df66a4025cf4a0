"""How many lines the tests reached, against the floor of pyproject.toml: `python -m annotator.launch.reached FILE`.

SlipCover's own floor and its file exclude each other: its second look finds what the processes of xdist counted gone.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

from .console import complain, say
from .places import ROOT

FILE = ROOT / ".coverage.json"


def main(file: Path = FILE) -> int:
    """Say the share; 1 where it is below the floor, or nothing was counted."""
    floor = float(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["maskwright"]["reached"])
    try:
        summary = json.loads(file.read_text())["summary"]
    except (OSError, ValueError) as error:
        complain(f"The lines that the tests reached were not counted: {error}.")
        return 1
    share, lines = float(summary["percent_covered"]), summary["covered_lines"] + summary["missing_lines"]
    say(f"The tests reach {share:.1f} % of {lines:,} lines; at least {floor:g} % are asked for.")
    if share >= floor:
        return 0
    complain(f"`slipcover --merge {file.name} --out {file.name}` lists the lines that are left out.")
    return 1


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))

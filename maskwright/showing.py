"""What a person sees: tables, and one line that tells how far it is."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from maskwright.records import Run


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows as columns of the same width, a line each."""
    if not rows:
        return ""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)


class Line:
    """The last line of a terminal, written anew as work goes on; into a file only what is said."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = ""

    def bytes(self, name: str, done: int, whole: int) -> None:
        """Show how much of a file is through."""
        share = f"{done / whole:4.0%}" if whole else ""
        self._show(f"{share} {name} ({done / 1e6:.1f} MB)")

    def run(self, run: Run) -> None:
        """Show how far a run is."""
        self._show(f"{run.progress:4.0%} {run.message or run.state}")

    def say(self, text: str, *, error: bool = False) -> None:
        """Write a line that stays."""
        self._show("")
        print(text, file=sys.stderr if error else sys.stdout, flush=True)

    def _show(self, text: str) -> None:
        if self._live:
            sys.stderr.write("\r" + text[:100].ljust(len(self._shown)))
            if not text:
                sys.stderr.write("\r")
            sys.stderr.flush()
        self._shown = text[:100]

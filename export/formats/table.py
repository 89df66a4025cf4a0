"""The table of what each format holds, as Markdown: from the rules that the writers themselves follow."""

from __future__ import annotations

from collections.abc import Mapping

from export.formats.base import ASPECTS, Format

HELD, OWN, LOST = "yes", "own", "–"


def loss_table(formats: Mapping[str, Format]) -> str:
    """One row per format, one column per thing a data set can have."""
    rows = [["format", "in", *ASPECTS]]
    rows += [
        [f"`{name}`", "yes" if entry.read else "–", *(state(entry, aspect) for aspect in ASPECTS)]
        for name, entry in formats.items()
    ]
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def state(entry: Format, aspect: str) -> str:
    """Whether a format holds something: every reader finds it, only ours does, or it is lost by a rule."""
    return LOST if aspect in entry.rules else OWN if aspect in entry.own else HELD

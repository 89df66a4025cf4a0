"""Evaluations as rows and cells for a template: which numbers are shown, in which words, and their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotator.evaluations.models import Evaluation

BASELINE_TITLES = {
    "grabcut": "GrabCut",
    "felzenszwalb": "Felzenszwalb segments",
    "flood_fill": "Flood fill",
    "random_walker": "Random walker",
    "fill_box": "Filling the box",
}


@dataclass(frozen=True)
class Column:
    """One number: its name in the summary, its head, what it means, and how many digits are worth showing."""

    name: str
    title: str
    hint: str
    digits: int = 2


COLUMNS = (
    Column("miou_1_top", "1 click", "IoU of the mask that is shown after one click"),
    Column("miou_1_oracle", "1 click, best of three", "IoU of the best of the three masks offered after one click"),
    Column("miou_3", "3 clicks", "IoU after three clicks, each at the middle of the largest error"),
    Column("miou_5", "5 clicks", "IoU after five clicks"),
    Column("miou_box", "Box", "IoU of the mask for a box drawn around the object"),
    Column("boundary_iou_1", "Outline, 1 click", "IoU of a narrow band along both outlines after one click"),
    Column("noc85", "Clicks to 0.85", "Mean number of clicks until an IoU of 0.85 is reached", 1),
    Column("noc90", "Clicks to 0.90", "Mean number of clicks until an IoU of 0.90 is reached", 1),
)


@dataclass(frozen=True)
class Cell:
    """A value and its 95 % interval as text; "–" where it was not measured."""

    value: str
    interval: str = ""


def cells(
    means: dict[str, Any], intervals: dict[str, Any] | None = None, columns: Sequence[Column] = COLUMNS
) -> list[Cell]:
    """Return one cell per column of a row of means."""
    return [_cell(column, means.get(column.name), (intervals or {}).get(column.name)) for column in columns]


def _cell(column: Column, value: float | None, interval: list[float | None] | None) -> Cell:
    if value is None:
        return Cell("–")
    known = [end for end in interval or () if end is not None]
    return Cell(_text(value, column), f"{_text(known[0], column)}–{_text(known[1], column)}" if len(known) == 2 else "")


def _text(value: float, column: Column) -> str:
    return f"{value:.{column.digits}f}"


def evaluation_rows(evaluations: list[Evaluation]) -> list[dict[str, Any]]:
    """Return what the table of all evaluations shows."""
    return [
        {"evaluation": row, "cells": cells(row.summary["overall"], row.summary.get("intervals")), "n": row.summary["n"]}
        for row in evaluations
    ]


def baseline_rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return the classical tools' rows of one evaluation."""
    measured = evaluation.summary.get("baselines") or {}
    return [{"title": BASELINE_TITLES.get(name, name), "cells": cells(means)} for name, means in measured.items()]


GROUP_TITLES = {"miou_1": "1 point", "miou_3": "3 points"}


def group_rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return one row per group that was compared, the largest first: its numbers, what they still lack to ± 3 %, and
    below which groups it lies without an overlap."""
    found = evaluation.summary.get("groups") or {"groups": {}, "apart": []}
    rows = []
    for name, group in sorted(found["groups"].items(), key=lambda pair: (-pair[1]["n"], pair[0])):
        below: dict[str, list[str]] = {}
        for metric, higher, lower in found["apart"]:
            if lower == name:
                below.setdefault(GROUP_TITLES[metric], []).append(higher)
        numbers = [
            {"cell": _cell(COLUMNS[0], group[metric][0], group[metric][1:]), "more": group["more"][metric]}
            for metric in GROUP_TITLES
        ]
        rows.append({"title": name, "n": group["n"], "images": group["images"], "numbers": numbers, "below": below})
    return rows


def label_rows(evaluation: Evaluation) -> list[dict[str, Any]]:
    """Return one row per label, the one with most masks first."""
    labels = evaluation.summary.get("labels") or {}
    rows = [{"title": name, "n": int(means["n"]), "cells": cells(means)} for name, means in labels.items()]
    return sorted(rows, key=lambda row: (-row["n"], row["title"]))

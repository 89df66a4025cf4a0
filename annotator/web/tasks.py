"""The paper's tasks as tables: which numbers each has, in which words, and its results as rows and cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from annotator.experiments.models import Experiment
from annotator.experiments.parameters import PAPER_POINTS, Task, Wanted
from annotator.web.scores import Cell, Column, cells
from sam_backend.evaluation.tasks import PAPER


@dataclass(frozen=True)
class About:
    """A task for people: what is asked, how it is judged, and its numbers, the paper's main one first."""

    asked: str
    judged: str
    columns: tuple[Column, ...]


def _by_size(name: str, title: str) -> tuple[Column, ...]:
    sizes = (("small", "smaller than 32² px"), ("medium", "of 32² to 96² px"), ("large", "larger than 96² px"))
    return tuple(Column(f"{name}_{size}", f"{title}, {size}", f"{title} of masks {what}", 3) for size, what in sizes)


ABOUT = {
    Task.POINT: About(
        "One click on each mask’s most interior point, up to five masks of an image; three answers each.",
        "IoU is the area that answer and mask share, divided by the area that either covers; a mask counts with all "
        "its parts, and if it covers 0.2 to 90 % of its image.",
        (
            Column("miou_top", "mIoU", "Mean IoU of the answer that the model scores best", 3),
            Column("miou_oracle", "mIoU, oracle", "Mean IoU of the best of the three answers by your mask", 3),
        ),
    ),
    Task.EDGES: About(
        "Masks of a grid of points, none filtered out, duplicates suppressed; a Sobel filter on their probabilities, "
        "thinned to lines.",
        "Compared with the borders of your masks as BSDS500 is, at 512 px at most and at 33 strengths; pixels match "
        "one to one within 0.0075 of the diagonal. Only images that masks cover by 90 % count.",
        (
            Column("ods", "ODS", "F at the one strength that is best for all images", 3),
            Column("ois", "OIS", "F with each image’s own best strength", 3),
            Column("ap", "AP", "Mean precision over recalls 0 to 1", 3),
            Column("r50", "R50", "Recall where precision is 0.5", 3),
        ),
    ),
    Task.PROPOSALS: About(
        "Masks of a grid of points, none filtered out, duplicates suppressed; of more than 1,000 those stay that "
        "predicted IoU and stability favour.",
        "AR@1000 is the share of your masks that is among them, a mean over IoU 0.5 to 0.95, whatever the label (by "
        "COCOeval’s matches).",
        (
            Column("ar", "AR@1000", "Average recall of all masks", 3),
            *_by_size("ar", "AR"),
            Column("ar_frequent", "AR, frequent", "AR of masks of labels found on over 100 images", 3),
            Column("ar_common", "AR, common", "AR of masks of labels found on 11 to 100 images", 3),
            Column("ar_rare", "AR, rare", "AR of masks of labels found on 1 to 10 images", 3),
            Column("proposals", "Proposals", "Mean number of proposals of an image", 0),
        ),
    ),
    Task.INSTANCES: About(
        "A mask for each box: the box alone, then the box together with the surest of its masks.",
        "AP is COCO’s average precision of masks (by COCOeval’s matches), a mean over IoU 0.5 to 0.95.",
        (
            Column("ap", "AP", "Average precision", 3),
            Column("ap50", "AP50", "Average precision at IoU 0.5", 3),
            Column("ap75", "AP75", "Average precision at IoU 0.75", 3),
            *_by_size("ap", "AP"),
            Column("ap_once", "AP, box alone", "Average precision without the second round", 3),
        ),
    ),
}
FEW = 10
"""Images under which intervals by the bootstrap are too narrow (`sam_backend.evaluation.paper.summed`)."""
TOOLS = {"sobel": "Sobel filter", "canny": "Canny", "felzenszwalb": "Felzenszwalb and Huttenlocher"}


def choices() -> list[dict[str, Any]]:
    """Return the tasks as a form offers them."""
    return [
        {"name": task.value, "title": task.label, "paper": PAPER[task], "asked": about.asked}
        for task, about in ABOUT.items()
    ]


def tables(rows: list[Experiment]) -> list[dict[str, Any]]:
    """Return a table per task that has results: its title, section, columns with a number in any of them, and rows."""
    found = []
    for task, about in ABOUT.items():
        of_task = [row for row in rows if row.task == task]
        columns = [column for column in about.columns if any(_known(row, column) for row in of_task)]
        if of_task:
            shown = [{"row": row, "cells": _cells(row.summary, columns)} for row in of_task]
            found.append({"task": task, "title": task.label, "paper": PAPER[task], "columns": columns, "rows": shown})
    return found


def detail(row: Experiment) -> dict[str, Any]:
    """Return what is shown of one result: each number with its interval, also as places on a line from 0 to 1."""
    about = ABOUT[Task(row.task)]
    columns = [column for column in about.columns if _known(row, column)]
    numbers = [
        {"column": column, "cell": cell, "line": _line(row.summary, column.name)}
        for column, cell in zip(columns, _cells(row.summary, columns), strict=True)
    ]
    tools = [
        {"title": TOOLS.get(name, name), "cells": _cells(found, columns)}
        for name, found in row.summary.get("baselines", {}).items()
    ]
    return {
        "row": row, "title": Task(row.task).label, "about": about, "numbers": numbers, "columns": columns,
        "tools": tools, "model": _cells(row.summary, columns), "boxes": row.summary.get("boxes"),
        "grid": _grid(row), "alone": row.summary["images"] == 1, "few": row.summary["images"] < FEW,
    }  # fmt: skip


def _known(row: Experiment, column: Column) -> bool:
    return row.summary["overall"].get(column.name) is not None


def _cells(summary: dict[str, Any], columns: list[Column]) -> list[Cell]:
    return cells(summary["overall"], summary["intervals"], columns)


def _line(summary: dict[str, Any], name: str) -> dict[str, str] | None:
    """Value and interval in hundredths, as SVG takes them; None for what is no share."""
    value = summary["overall"][name]
    if value > 1:
        return None
    low, high = summary["intervals"].get(name) or (value, value)
    return {"at": f"{100 * value:.1f}", "low": f"{100 * low:.1f}", "width": f"{100 * (high - low):.1f}"}


def _grid(row: Experiment) -> dict[str, int] | None:
    usual = PAPER_POINTS.get(row.task)
    return {"points": Wanted(**row.params).grid(), "usual": usual} if usual else None

"""The numbers of a data set as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annotator.lib.words import plain_cell

COLUMNS = ("table", "name", "from", "until", "count")


def rows_of(report: dict[str, Any] | None) -> Iterator[tuple[Any, ...]]:
    """Yield a head and a row for each class, label, pair of labels and cell of the map."""
    yield COLUMNS
    if report is None:
        return
    yield "totals", "images", "", "", report["images"]["count"]
    yield "totals", "masks", "", "", report["objects"]["count"]
    for table, classes in (
        ("masks per image", report["images"]["per_image"]), ("relative size", report["sizes"]),
        ("concavity", report["concavities"]),
    ):  # fmt: skip
        for one in classes:
            yield table, "", one["from"], "" if one["until"] is None else one["until"], one["count"]
    for name, count in report["coco_sizes"].items():
        yield "area as COCO names it", name, "", "", count
    for label in report["labels"]:
        yield "masks by label", plain_cell(label["name"]), "", "", label["objects"]
        yield "images by label", plain_cell(label["name"]), "", "", label["images"]
    for pair in report["pairs"]:
        yield "images with both labels", plain_cell(" + ".join(pair["names"])), "", "", pair["images"]
    for row, cells in enumerate(report["centres"]):
        for column, count in enumerate(cells):
            if count:
                yield "masks by the cell of their middle", f"column {column + 1} row {row + 1}", "", "", count
    yield "near-duplicates", "images", "", "", report["duplicates"]["images"]
    for one in report["outliers"]:
        yield "outliers", plain_cell(one["label"]), "", "", one["deviations"]

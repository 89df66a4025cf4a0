"""Reads Parquet as Hugging Face `datasets` has it: a row per image, `objects` with `rle` or with `bbox` alone, pictures
in the rows or beside them. Rows are read a few at a time.

- What a column `category` counts are the names of its ClassLabel; without one the numbers are the names.
- The split is what the file's name says before `-00000-of-00001`, unless the row says it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from export.dataset import Dataset
from export.files import Files
from export.formats.imagefolder_reader import Line
from export.reading import Builder, Problem, Problems
from export.reading.fields import items, mapping
from export.reading.pictures import Pictures
from export.reading.tables import Table, with_tables


def read_parquet(files: Files) -> tuple[Dataset, list[Problem]]:
    """The data set of all Parquet files, and what could not be taken over. Needs pyarrow."""
    view = with_tables(files)
    problems, builder, pictures = Problems(), Builder(), Pictures(view)
    for path, reason in view.broken.items():
        problems.add(path, "", reason)
    if not view.tables and not view.broken:
        problems.add("", "", "There is no Parquet file.")
    for path, table in view.tables.items():
        with problems.of(path):
            labels = [builder.label(name) for name in _labels(table, problems)]
            for number, row in enumerate(table.rows(), start=1):
                with problems.of(path, f"row {number}"):
                    line = row | {"objects": _columns(row.get("objects"))}
                    Line(path, line, labels, problems, folder=path, split=_split_of(path)).read(builder, pictures)
    return builder.dataset(), problems.listed()


def _labels(table: Table, problems: Problems) -> list[str]:
    with problems.of(table.path, "features"):
        return [str(name) for name in items(_class_label(mapping(table.features, "features").get("objects")), "names")]
    return []


def _class_label(feature: Any) -> Any:
    """The names of the first ClassLabel at any depth: libraries spell lists in several ways."""
    if not isinstance(feature, Mapping):
        return None
    if feature.get("_type") == "ClassLabel":
        return feature.get("names")
    return next((found for one in feature.values() if (found := _class_label(one)) is not None), None)


def _columns(objects: Any) -> Any:
    """Objects as lists side by side, where they are a list of objects, too."""
    if not isinstance(objects, list):
        return objects
    keys = dict.fromkeys(key for one in objects for key in mapping(one, "An object"))
    return {key: [one.get(key) for one in objects] for key in keys}


def _split_of(path: str) -> str:
    stem = PurePosixPath(path).stem
    named = re.fullmatch(r"(.+?)-\d+-of-\d+", stem)
    return named[1] if named else stem

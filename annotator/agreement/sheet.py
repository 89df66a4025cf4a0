"""Agreement and scores as a table for spreadsheets: one row for the whole, each label, pair, week and person."""

from __future__ import annotations

import csv
import io
from typing import Any

from annotator.accounts.models import User
from annotator.agreement.numbers import agreement_for
from annotator.agreement.scoring import gold_for
from annotator.lib.words import plain_cell
from annotator.projects.models import Project

MEASURES = ("found", "iou", "boundary_iou", "alpha")
GOLD = ("right", "named_wrong", "missed", "extra", "score", "more_images")
COLUMNS = (
    "of", "name", "images", "objects", *(f"{name}{part}" for name in MEASURES for part in ("", "_low", "_high")),
    *GOLD, "score_low", "score_high",
)  # fmt: skip


def sheet_for(user: User, project: Project) -> str:
    """Return the table as this person may see it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    numbers = agreement_for(user, project)
    writer.writerow(_row("all", "", numbers["overall"]))
    for row in numbers["labels"]:
        writer.writerow(_row("label", row["label"]["name"], row))
    for row in numbers["pairs"]:
        writer.writerow(_row("pair", " and ".join(person["name"] for person in row["people"]), row))
    for row in numbers["weeks"]:
        writer.writerow(_row("week", row["week"].isoformat(), row))
    for row in gold_for(user, project)["people"]:
        cells = {name: row[name] for name in ("images", "objects", "iou", *GOLD)}
        about = {"of": "gold", "name": plain_cell(row["person"]["name"])}
        writer.writerow(about | cells | {"score_low": row["low"], "score_high": row["high"]})
    return out.getvalue()


def _row(of: str, name: str, row: dict[str, Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {"of": of, "name": plain_cell(name), "images": row["images"], "objects": row["objects"]}
    for measure in MEASURES:
        value = row[measure]
        cells |= {measure: value["value"], f"{measure}_low": value["low"], f"{measure}_high": value["high"]}
    return cells

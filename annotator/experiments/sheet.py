"""An experiment as a table: one row for each number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from annotator.experiments.models import Experiment
from annotator.lib.words import plain_cell

COLUMNS = (
    "task", "paper", "model", "data", "answered_by", "number", "value", "low_95", "high_95", "images", "masks",
)  # fmt: skip
MODEL = "model"


def sheet_of(experiment: Experiment) -> str:
    """Return the table; classical tools, where they were measured, are `answered_by` their names."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    summary = experiment.summary
    same = {
        "task": experiment.task,
        "paper": summary["paper"],
        "model": plain_cell(experiment.model_name),
        "data": plain_cell(experiment.source or "accepted masks"),
        "images": summary["images"],
        "masks": summary["n"],
    }
    for by, found in ({MODEL: summary} | summary.get("baselines", {})).items():
        for row in _numbers(found):
            writer.writerow(same | {"answered_by": by} | row)
    return out.getvalue()


def _numbers(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in found["overall"].items():
        low, high = found["intervals"].get(name) or ("", "")
        yield {"number": name, "value": "" if value is None else value, "low_95": low, "high_95": high}

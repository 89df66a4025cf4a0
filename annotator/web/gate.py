"""A retraining's numbers as rows and cells for a template: the gate, forgetting, and what it was worth to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from annotator.inference.addresses import file_urls
from annotator.tuning.choices import Verdict
from annotator.tuning.models import Retraining
from sam_backend.tuning.report import FEWER_IS_BETTER

ROWS = (
    ("noc85", "Clicks to IoU 0.85", 2),
    ("noc90", "Clicks to IoU 0.90", 2),
    ("miou_1_top", "IoU after 1 click", 3),
    ("miou_3", "IoU after 3 clicks", 3),
    ("miou_5", "IoU after 5 clicks", 3),
    ("miou_box", "IoU from a box", 3),
)
VERDICTS = {
    Verdict.BETTER: ("Better", "chip-positive", "check"),
    Verdict.UNSURE: ("No clear difference", "", "circle-help"),
    Verdict.WORSE: ("Worse", "chip-negative", "circle-x"),
    Verdict.NONE: ("Nothing helped", "", "ban"),
}
NOTICES = {Verdict.BETTER: "notice-positive", Verdict.WORSE: "notice-negative"}


@dataclass(frozen=True)
class Cell:
    """A mean and its 95 % interval as text."""

    value: str
    interval: str


@dataclass(frozen=True)
class Row:
    """One metric: old, new and their difference; `says` in a word what the interval of the difference says."""

    title: str
    old: Cell
    new: Cell
    difference: Cell
    says: str
    tone: str


def gate_rows(changes: dict[str, Any]) -> list[Row]:
    """Return the rows of a report's `metrics` or `forgetting`, in the order they are read."""
    return [_row(name, title, digits, changes[name]) for name, title, digits in ROWS if name in changes]


def _row(name: str, title: str, digits: int, change: dict[str, Any]) -> Row:
    says, tone = _says(change["difference"], fewer=name in FEWER_IS_BETTER)
    old, new = (_cell(change[side], digits) for side in ("old", "new"))
    # One digit more: a difference that is sure may be smaller than what is worth showing of the values.
    finer = digits if name in FEWER_IS_BETTER else digits + 1
    return Row(title, old, new, _cell(change["difference"], finer, sign="+"), says, tone)


def _says(difference: dict[str, float], *, fewer: bool) -> tuple[str, str]:
    """Only a whole interval on one side of zero says anything."""
    if difference["low"] <= 0 <= difference["high"]:
        return "no clear difference", "muted"
    better = (difference["high"] < 0) == fewer
    return ("better", "positive-text") if better else ("worse", "error-text")


def _cell(value: dict[str, float], digits: int, sign: str = "") -> Cell:
    mean, low, high = (f"{value[end]:{sign}.{digits}f}".replace("-", "−") for end in ("mean", "low", "high"))
    return Cell(mean, f"{low} to {high}")


def listed(row: Retraining, used: Any) -> dict[str, Any]:
    """Return what the history shows of a retraining; `used` is the version that the project uses."""
    word, tone, icon = VERDICTS[Verdict(row.verdict)]
    clicks = row.report.get("metrics", {}).get("noc85")
    swaps = list(row.swaps.all())
    return {
        "row": row, "word": word, "tone": tone, "icon": icon,
        "clicks": [f"{clicks[side]['mean']:.2f}" for side in ("old", "new")] if clicks else None,
        "in_use": row.version_id is not None and row.version_id == used,
        "promotions": [swap for swap in swaps if not swap.back], "backs": [swap for swap in swaps if swap.back],
    }  # fmt: skip


def detailed(row: Retraining, used: Any) -> dict[str, Any]:
    """Return what the page shows of one retraining."""
    report = row.report
    return listed(row, used) | {
        "sentence": report.get("sentence", ""), "notice": NOTICES.get(Verdict(row.verdict), ""),
        "counts": report.get("counts", {}), "report": report, "gate": gate_rows(report.get("metrics", {})),
        "forgetting": gate_rows(report.get("forgetting", {})),
        "card": file_urls(row.version).get("MODEL_CARD.md") if row.version else None,
        "compared_with_used": row.parent_id == used,
        "sure": row.verdict == Verdict.BETTER and row.parent_id == used,
    }  # fmt: skip

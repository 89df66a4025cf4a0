"""The trial's numbers beside those of the paper."""

from __future__ import annotations

from collections import Counter
from typing import Any

# Kirillov et al. 2023, "Segment Anything", section 4 (the stages) and "Mask quality" in section 5.
PAPER = {
    "masks per image, suggested": "~100 (fully automatic, 32 x 32 grid and crops)",
    "masks per image, semi-automatic": "72",
    "seconds per mask, assisted-manual": "34 -> 14",
    "share with IoU > 0.9 after correction": "94 %",
    "share with IoU > 0.75 after correction": "97 %",
}


def table(
    searched: Counter[str], done: Counter[str], report: dict[str, Any], audit: dict[str, Any], judged: int
) -> str:
    """Return a text table. `searched` counts images, suggestions and seconds; `done` the judge's verbs."""
    semi = next(row for row in report["stages"] if row["stage"] == "semi_automatic")
    ious = [row["iou"] for row in audit["results"] if row["iou"] is not None]
    masks = semi["masks"] + done["drawn"]
    rows = [
        ("photos searched", f"{searched['images']}", ""),
        ("seconds per photo (search, this machine)", f"{searched['seconds'] / max(searched['images'], 1):.1f}", ""),
        ("masks per image, suggested", f"{searched['suggestions'] / max(searched['images'], 1):.1f}",
         PAPER["masks per image, suggested"]),
        ("photos judged against people's masks", f"{judged}", ""),
        ("suggestions accepted as they are", _of(done["accepted"], done), ""),
        ("suggestions corrected", _of(done["corrected"], done), ""),
        ("suggestions rejected", _of(done["rejected"], done), ""),
        ("left over: covered by an accepted one", _of(done["covered"], done), ""),
        ("masks drawn by hand for what was missing", f"{done['drawn']}", ""),
        ("masks per image, accepted and drawn", f"{masks / max(judged, 1):.1f}",
         PAPER["masks per image, semi-automatic"]),
        ("of accepted ones: IoU > 0.9 with the object", _share(semi["iou_above_90"]), ""),
        ("audit: rejected ones count as 0; IoU > 0.9", f"{_share(audit['share'])} {_between(audit['interval'])}",
         PAPER["share with IoU > 0.9 after correction"]),
        ("audit: IoU > 0.75", _share(sum(iou > 0.75 for iou in ious) / len(ious) if ious else None),
         PAPER["share with IoU > 0.75 after correction"]),
        ("seconds per mask", "not simulated", PAPER["seconds per mask, assisted-manual"]),
    ]  # fmt: skip
    return "\n".join(f"  {name:<46} {value:<24} {paper}" for name, value, paper in [("", "here", "paper"), *rows])


def shares(done: Counter[str]) -> str:
    """Return what became of suggestions, in a line."""
    return ", ".join(f"{name} {_of(done[name], done)}" for name in ("accepted", "corrected", "rejected", "covered"))


def _of(part: int, done: Counter[str]) -> str:
    whole = done["accepted"] + done["corrected"] + done["rejected"] + done["covered"]
    return f"{part} of {whole} ({100 * part / max(whole, 1):.0f} %)"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.0f} %"


def _between(ends: list[float] | None) -> str:
    return "" if ends is None else f"({100 * ends[0]:.0f}-{100 * ends[1]:.0f})"

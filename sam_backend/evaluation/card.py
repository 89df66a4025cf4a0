"""The parts of a model card that are numbers and images: made from a JSON file, never by hand.

A generated part stands between two comment lines, `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from PIL import Image

from sam_backend.evaluation.sizes import METRICS

ROWS = (
    ("miou_1_oracle", "1 click, best of three", 3),
    ("miou_1_top", "1 click, top-scored", 3),
    ("miou_1_raw", "1 click, top-scored, all parts kept", 3),
    ("miou_3", "3 clicks", 3),
    ("miou_5", "5 clicks", 3),
    ("miou_box", "box", 3),
    ("miou_1_jittered", "1 click, jittered", 3),
    ("miou_3_jittered", "3 clicks, jittered", 3),
    ("miou_5_jittered", "5 clicks, jittered", 3),
    ("lost_steps", "corrections that cost over 0.05", 3),
    ("lost_steps_jittered", "corrections that cost over 0.05, jittered", 3),
    ("boundary_iou_1", "boundary IoU, 1 click", 3),
    ("noc85", "NoC@85 (cap 20)", 1),
    ("noc90", "NoC@90 (cap 20)", 1),
    ("calibration_error", "calibration error of the predicted IoU", 3),
    ("stray_1", "answers with stray components", 3),
)
LATER = {"lost_steps", "lost_steps_jittered"}
"""Rows that numbers measured before them do not have."""
BASELINES = {
    "felzenszwalb": "Felzenszwalb",
    "grabcut": "GrabCut",
    "flood_fill": "flood fill",
    "random_walker": "random walker",
    "fill_box": "filling the box",
}
BASELINE_COLUMNS = ("miou_1_top", "miou_3", "miou_5", "miou_box")
SHEET_BYTES = 590_000


def metrics_table(columns: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown: one row per metric, one column per summary (title → `Evaluation.summary()`), 95 % intervals."""
    head = "| | " + " | ".join(f"{title}, {summary['n']} masks" for title, summary in columns.items()) + " |\n"
    lines = [head + "|---" * (1 + len(columns)) + "|"]
    for name, title, digits in ROWS:
        cells = [_cell(summary, name, digits) for summary in columns.values()]
        if name not in LATER or any(name in summary["overall"] for summary in columns.values()):
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(summary: Mapping[str, Any], name: str, digits: int) -> str:
    value = summary["overall"].get(name)
    if value is None:
        return "–"
    low_high = summary["intervals"].get(name)
    interval = f" ({low_high[0]:.{digits}f}–{low_high[1]:.{digits}f})" if low_high else ""
    return f"{value:.{digits}f}{interval}"


def baselines_table(summary: Mapping[str, Any]) -> str:
    """Markdown: the model and the classical tools on the same masks and prompts; empty without baselines."""
    if not summary.get("baselines"):
        return ""
    rows = {"this model": summary["compared"]} | {BASELINES[n]: summary["baselines"][n] for n in BASELINES}
    count = int(summary["compared"]["n"])
    lines = [f"| the same {count} masks | 1 click | 3 clicks | 5 clicks | box |", "|---" * 5 + "|"]
    for title, means in rows.items():
        cells = ["–" if means.get(n) is None else f"{means[n]:.3f}" for n in BASELINE_COLUMNS]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def sizes_table(summary: Mapping[str, Any]) -> str:
    """Markdown: masks by their share of the image, with 95 % intervals."""
    lines = ["| masks | | 1 click, best | 1 click, top | 3 clicks | 5 clicks | box |", "|---" * 7 + "|"]
    for name, found in summary["sizes"].items():
        cells = [_interval(found[metric]) if metric in found else "–" for metric in METRICS]
        lines.append(f"| {name} of the photo | {found['n']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def leads_table(summary: Mapping[str, Any]) -> str:
    """Markdown: by how much the model is ahead of each classical tool at one click, by the masks' size; empty without
    baselines."""
    found = {name: tools for name, tools in summary.get("leads", {}).items() if tools}
    if not found:
        return ""
    lines = ["| ahead at one click of | " + " | ".join(f"{n}, {t['n']} masks" for n, t in found.items()) + " |"]
    lines.append("|---" * (1 + len(found)) + "|")
    for tool, title in BASELINES.items():
        cells = [_signed(tools[tool]["miou_1_top"]) for tools in found.values() if "miou_1_top" in tools.get(tool, {})]
        if cells:
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _interval(values: Sequence[float]) -> str:
    mean, low, high = values
    return f"{mean:.3f} ({low:.3f}–{high:.3f})"


def _signed(values: Sequence[float]) -> str:
    mean, low, high = values
    return f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"


def sets_table(summary: Mapping[str, Any]) -> str:
    """Markdown: each set by itself."""
    lines = ["| set | masks | 1 click, best | 1 click, top | 3 clicks | 5 clicks | box |", "|---" * 7 + "|"]
    for name, means in summary["sets"].items():
        keys = ("miou_1_oracle", "miou_1_top", "miou_3", "miou_5", "miou_box")
        cells = ["–" if means.get(key) is None else f"{means[key]:.3f}" for key in keys]
        lines.append(f"| {name} | {int(means['n'])} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def replace_part(card: str, name: str, text: str) -> str:
    """Puts `text` between the marks of a generated part.

    Raises:
        ValueError: the card has no such part.
    """
    pattern = re.compile(rf"(<!-- generated: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(card):
        raise ValueError(f"The card has no part “{name}”: it must hold <!-- generated: {name} --> and <!-- end -->.")
    return pattern.sub(lambda match: f"{match[1]}{text.strip()}\n{match[2]}", card)


def small_jpeg(sheet: Image.Image, limit: int = SHEET_BYTES) -> bytes:
    """A JPEG of at most `limit` bytes, as large and then as good as fits.

    Raises:
        ValueError: not even a quarter of the side fits.
    """
    for scale in (1.0, 0.8, 0.65, 0.5, 0.35, 0.25):
        size = (round(sheet.width * scale), round(sheet.height * scale))
        smaller = sheet if scale == 1 else sheet.resize(size, Image.Resampling.LANCZOS)
        for quality in (80, 70, 60, 50):
            buffer = BytesIO()
            smaller.save(buffer, "JPEG", quality=quality, optimize=True)
            if buffer.tell() <= limit:
                return buffer.getvalue()
    raise ValueError(f"a sheet of pictures does not fit into {limit} bytes")

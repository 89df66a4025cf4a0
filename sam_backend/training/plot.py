"""The course of a training run as one SVG image, from the lines of `metrics.jsonl`; no plotting library needed."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, GAP = 720, 200, 56, 34, 56
SMOOTHING = 0.9
"""Share of the past in the running mean that is drawn over the noisy loss."""
COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#cc79a7")
"""Okabe & Ito: told apart by people with any colour vision."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """One line of a panel."""

    name: str
    points: Sequence[Point]
    colour: str
    faint: bool = False


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """Reads `metrics.jsonl`. After a resume the steps that were done again count once, as they were last.

    Raises:
        ValueError: no such file, or a line that is no metrics line.
    """
    if not path.is_file():
        raise ValueError(f"{path}: there are no metrics here; train writes them into its output folder")
    rows: dict[tuple[int, bool], dict[str, Any]] = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            row = json.loads(line)
            rows[int(row["step"]), "eval" in row] = row
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}:{number}: not a line of metrics: {error!r}") from error
    return [rows[key] for key in sorted(rows)]


def write_plot(folder: Path) -> Path:
    """Draws `metrics.jsonl` of a run's folder as `metrics.svg` beside it; see `read_metrics` for what is refused."""
    target = folder / "metrics.svg"
    target.write_text(metrics_svg(read_metrics(folder / "metrics.jsonl"), folder.name), encoding="utf-8")
    return target


def metrics_svg(rows: Sequence[dict[str, Any]], title: str) -> str:
    """Two panels over the steps: the loss with its running mean, and what the evaluations measured (0 to 1)."""
    losses = [(float(row["step"]), float(row["loss"])) for row in rows if "loss" in row]
    looks = [row for row in rows if "eval" in row]
    names = [name for name in (looks[-1]["eval"] if looks else {}) if name != "score"]
    measured = [
        Curve(name, [(float(r["step"]), float(r["eval"][name])) for r in looks if name in r["eval"]], colour)
        for name, colour in zip(names, COLOURS, strict=False)
    ]
    loss = [Curve("loss", losses, COLOURS[1], faint=True), Curve("running mean", running_mean(losses), COLOURS[1])]
    last = max([float(row["step"]) for row in rows], default=1.0)
    panels = _panel(loss, last, TOP, "Loss") + _panel(measured, last, TOP + HEIGHT + GAP, "IoU on held-out pictures")
    width, height = LEFT + WIDTH + 130, TOP + 2 * HEIGHT + GAP + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" '
        f'font-size="12"><title>{html.escape(title)}</title><rect width="{width}" height="{height}" fill="#fff"/>'
        f"{panels}</svg>\n"
    )


def running_mean(points: Iterable[Point]) -> list[Point]:
    """An exponential mean that is fair from the first point on."""
    result: list[Point] = []
    total = weight = 0.0
    for step, value in points:
        total, weight = SMOOTHING * total + value, SMOOTHING * weight + 1
        result.append((step, total / weight))
    return result


def _panel(curves: Sequence[Curve], last: float, top: float, title: str) -> str:
    values = [value for curve in curves for _, value in curve.points]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    margin = 0.05 * (high - low) or 0.05
    low, high = low - margin, high + margin

    def place(point: Point) -> str:
        x = LEFT + WIDTH * point[0] / last
        return f"{x:.1f},{top + HEIGHT * (high - point[1]) / (high - low):.1f}"

    parts = [f'<text x="{LEFT}" y="{top - 10}" font-weight="600">{html.escape(title)}</text>']
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + HEIGHT * share
        parts.append(f'<path d="M{LEFT} {y}h{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{high - share * (high - low):.3g}</text>')
        x = LEFT + WIDTH * share
        parts.append(f'<text x="{x}" y="{top + HEIGHT + 18}" text-anchor="middle">{round(last * share)}</text>')
    for number, curve in enumerate(curves):
        style = 'opacity="0.35"' if curve.faint else 'stroke-width="2"'
        line = " ".join(place(point) for point in curve.points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{curve.colour}" {style}/>')
        y = top + 14 + 18 * number
        parts.append(f'<path d="M{LEFT + WIDTH + 12} {y - 4}h16" stroke="{curve.colour}" {style}/>')
        parts.append(f'<text x="{LEFT + WIDTH + 34}" y="{y}">{html.escape(curve.name)}</text>')
    if not values:
        parts.append(f'<text x="{LEFT + 12}" y="{top + 24}" fill="#777">nothing measured yet</text>')
    return "".join(parts)

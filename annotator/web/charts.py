"""Charts as plain numbers for SVG in a template: no script draws them and no style is inline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

STAGES = ("assisted_manual", "semi_automatic", "fully_automatic")
WIDTH, HEIGHT = 640, 140
MOST_WEEKS = 26
WIDEST = 80
ABOVE = 5
"""Room between a bar and its number."""


@dataclass(frozen=True)
class Bar:
    """A rectangle in the chart's units; `kind` chooses its colour, `title` says what it means."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True)
class Chart:
    """Bars, the labels under them as (x, text), the value at the top of the scale, and the numbers on the bars as
    (x, y, text)."""

    bars: list[Bar]
    labels: list[tuple[float, str]]
    top: int
    numbers: list[tuple[float, float, str]] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Column:
    """What stands above one place of the axis: counts by kind, the lowest first. `name` is written below it, `title`
    says of what they are."""

    name: str
    title: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """The height of all together."""
        return sum(self.counts.values())


def weekly_masks(weeks: list[dict[str, Any]]) -> Chart:
    """Stack the masks made in each of the last weeks by stage. `weeks` are the report's rows per week and stage."""
    names = sorted({row["week"] for row in weeks})[-MOST_WEEKS:]
    made = {(row["week"], row["stage"]): int(row["masks"]) for row in weeks}
    by_stage = {week: {stage: made.get((week, stage), 0) for stage in STAGES} for week in names}
    return stacked([Column(week[5:], f"Week from {week}", counts) for week, counts in by_stage.items()])


def stacked(columns: list[Column]) -> Chart:
    """Stack counts; while there is room, each column carries its sum."""
    top = max([column.total for column in columns] + [1])
    step = min(WIDTH / max(len(columns), 1), WIDEST)
    bars = [bar for place, column in enumerate(columns) for bar in _stack(column, place * step, step, top)]
    # So many names that they touch say less than every other one.
    every = max(1, len(columns) // 8)
    middles = [(place * step + step / 2, column) for place, column in enumerate(columns)]
    labels = [(x, column.name) for place, (x, column) in enumerate(middles) if place % every == every // 2]
    numbers = [_number(x, column.total, top) for x, column in middles if column.total and every == 1]
    return Chart(bars, labels, top, numbers)


def _number(x: float, value: int, top: int) -> tuple[float, float, str]:
    return x, HEIGHT * (1 - value / top) - ABOVE, str(value)


def _stack(column: Column, x: float, step: float, top: int) -> list[Bar]:
    bars, base = [], float(HEIGHT)
    for kind, count in column.counts.items():
        height = HEIGHT * count / top
        base -= height
        if count:
            title = f"{column.title}: {count} {kind.replace('_', ' ')}"
            bars.append(Bar(x + step * 0.15, base, step * 0.7, height, kind, title))
    return bars


def histogram(counts: list[int], bounds: list[float]) -> Chart:
    """Draw how alike suggestions and accepted objects are; `bounds` are the lower ends of the classes."""
    top = max([*counts, 1])
    step = WIDTH / max(len(counts), 1)
    texts = [_class(bounds, place) for place in range(len(counts))]
    bars = []
    for place, count in enumerate(counts):
        height = HEIGHT * count / top
        bars.append(Bar((place + 0.15) * step, HEIGHT - height, step * 0.7, height, "iou", f"{texts[place]}: {count}"))
    numbers = [_number((place + 0.5) * step, count, top) for place, count in enumerate(counts) if count]
    return Chart(bars, [(place * step + step / 2, text) for place, text in enumerate(texts)], top, numbers)


def _class(bounds: list[float], place: int) -> str:
    if bounds[place] >= 1:
        return "the same"
    upper = bounds[place + 1] if place + 1 < len(bounds) else 1.0
    return f"{bounds[place]:g}–{upper:g}"

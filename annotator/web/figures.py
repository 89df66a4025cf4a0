"""The data set's numbers as pictures: bars and cells that lead to the images they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 640.0, 120.0


@dataclass(frozen=True)
class Mark:
    """A rectangle; `only` is what the list of images is narrowed by, "" where it leads nowhere."""

    x: float
    y: float
    width: float
    height: float
    title: str
    only: str
    shade: int = 0


@dataclass(frozen=True)
class Picture:
    """Marks, and the texts under them as (x, text)."""

    marks: list[Mark]
    texts: list[tuple[float, str]]
    numbers: list[tuple[float, float, str]]


def per_image(classes: list[dict[str, Any]]) -> Picture:
    """Draw masks per image in the classes of SA-1B's figure; each bar carries its number of images."""
    names = [_masks(one) for one in classes]
    return _bars(classes, names, "masks", lambda at: f"{classes[at]['count']} images with {names[at]} masks", every=1)


def shares(classes: list[dict[str, Any]], name: str, words: str) -> Picture:
    """Draw classes between 0 and 1; every other one is named."""
    names = [f"{one['from']:g}" for one in classes]

    def title(at: int) -> str:
        until = classes[at]["until"]
        return f"{classes[at]['count']} masks of {words} {names[at]} to {until if until is not None else 1:g}"

    return _bars(classes, names, name, title, every=4)


def _masks(one: dict[str, Any]) -> str:
    if one["until"] is None:
        return f"≥ {one['from']}"
    last = one["until"] - 1
    return str(one["from"]) if last == one["from"] else f"{one['from']}–{last}"


def _bars(classes: list[dict[str, Any]], names: list[str], narrow: str, title: Any, *, every: int) -> Picture:
    top, step = max([one["count"] for one in classes] + [1]), WIDTH / len(classes)
    marks, texts, numbers = [], [], []
    for at, one in enumerate(classes):
        height = HEIGHT * one["count"] / top
        # A class of a few images beside one of a hundred thousand must still be hit by a mouse.
        height = max(height, 3.0) if one["count"] else 0.0
        only = f"{narrow}:{one['from']:g}-{'' if one['until'] is None else format(one['until'], 'g')}"
        marks.append(Mark((at + 0.08) * step, HEIGHT - height, step * 0.84, height, title(at), only))
        if at % every == 0:
            texts.append(((at + 0.5) * step, names[at]))
        if every == 1 and one["count"]:
            numbers.append(((at + 0.5) * step, HEIGHT - height - 5, str(one["count"])))
    return Picture(marks, texts, numbers)


def centres(cells: list[list[int]]) -> list[Mark]:
    """Draw where the middles of masks lie, in ten shades, as squares of 10."""
    top = max([count for row in cells for count in row] + [1])
    return [
        Mark(
            column * 10, row * 10, 10, 10, f"{count} masks here", f"centre:{column},{row}" if count else "",
            max(1, round(10 * (count / top) ** 0.5)) if count else 0,
        )
        for row, counts in enumerate(cells) for column, count in enumerate(counts)
    ]  # fmt: skip

"""Photos with human masks: `SET/images/*.jpg` and `SET/annotations.jsonl`, one JSON object per image (see `photos`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from export import rle

SETS = ("bsds500-test", "davis16-train")
"""Sets that the shipped model was not trained on: all regions of a photo, and one object per photo."""

OUTLINED = "bsds500-test"
"""The set on whose photos everything is outlined: what is found there and resembles nothing is wrong for certain."""


@dataclass(frozen=True)
class Photo:
    """A file, and every mask that somebody drew on it. Where several people outlined the same photo, each of their
    masks is a right answer; `first` are those of one of them."""

    path: Path
    masks: list[rle.Rle]
    first: list[rle.Rle]

    @property
    def name(self) -> str:
        """Its name in the project."""
        return f"{self.set}-{self.path.name}"

    @property
    def set(self) -> str:
        """The name of its set."""
        return self.path.parents[1].name


def photos(folder: Path, count: int, sets: tuple[str, ...] = SETS) -> list[Photo]:
    """Return `count` photos, taken from the sets in turn and evenly over each. Raises FileNotFoundError."""
    shares = [count // len(sets) + (place < count % len(sets)) for place in range(len(sets))]
    return [photo for name, share in zip(sets, shares, strict=True) for photo in _some(folder / name, share)]


def _some(folder: Path, share: int) -> Iterator[Photo]:
    lines = (folder / "annotations.jsonl").read_text().splitlines()
    step = len(lines) / max(share, 1)
    for place in range(min(share, len(lines))):
        row = json.loads(lines[int(place * step)])
        size = (row["height"], row["width"])
        masks = [(mask["source"], rle.Rle(size, mask["rle"]["counts"])) for mask in row["masks"]]
        first = masks[0][0] if masks else ""
        yield Photo(folder / row["image"], [mask for _, mask in masks], [m for source, m in masks if source == first])

"""How many faces the detector finds, and how much of what it finds is a face: on pictures where people marked them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from PIL import Image
from scipy.stats import beta

from sam_backend.faces.detector import LOWEST, Face, find_faces

Box = Sequence[float]
THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
COVERED = 0.5
"""A marked face counts as found when so much of it lies inside what would be covered."""


@dataclass
class Counted:
    """Marked faces and those of them that were found; answers of the detector and those of them on a face."""

    marked: int = 0
    found: int = 0
    answers: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)


def marked_pictures() -> dict[str, list[list[float]]]:
    """Return the pictures that were looked at by eye, `SET/NAME`, with the boxes (x, y, width, height in px) of every
    face on them: 60 photos, of a person from whom an eye or the nose can be seen; a head from behind is none."""
    text = resources.files("sam_backend.faces").joinpath("marked.json").read_text(encoding="utf-8")
    found: dict[str, list[list[float]]] = json.loads(text)
    return found


def measure(marked: Mapping[str, Sequence[Box]], data: Path, told: Callable[[int, int], None]) -> dict[str, Any]:
    """Return recall and precision by threshold, each with Clopper-Pearson's 95 % interval.

    Args:
        marked: boxes (x, y, width, height in px) by `SET/NAME`; the picture is `data/SET/images/NAME`.

    Raises:
        ValueError: a picture is not there.
    """
    answers: dict[str, list[Face]] = {}
    begun = time.perf_counter()
    for number, name in enumerate(marked):
        folder, _, file = name.partition("/")
        path = data / folder / "images" / file
        if not path.is_file():
            raise ValueError(f"{path} is not there: the marks are of pictures in {data}.")
        with Image.open(path) as picture:
            answers[name] = find_faces(picture, LOWEST)
        told(number + 1, len(marked))
    seconds = (time.perf_counter() - begun) / max(len(marked), 1)
    rows = {str(threshold): _row(count(marked, answers, threshold)) for threshold in THRESHOLDS}
    faces = sum(map(len, marked.values()))
    return {"pictures": len(marked), "faces": faces, "seconds_per_picture": round(seconds, 3), "thresholds": rows}


def count(marked: Mapping[str, Sequence[Box]], answers: Mapping[str, Sequence[Face]], threshold: float) -> Counted:
    """Count at one threshold: an answer is right when its middle lies on a marked face, a face is found when at least
    half of it lies under one answer."""
    total = Counted()
    for name, boxes in marked.items():
        sure = [face for face in answers[name] if face.score >= threshold]
        found = [any(_share(box, face) >= COVERED for face in sure) for box in boxes]
        total.marked += len(boxes)
        total.found += sum(found)
        total.missed += [name] * (len(found) - sum(found))
        total.answers += len(sure)
        total.right += sum(any(_inside(face, box) for box in boxes) for face in sure)
    return total


def _share(box: Box, face: Face) -> float:
    x, y, width, height = box
    across = min(x + width, face.x + face.width) - max(x, face.x)
    down = min(y + height, face.y + face.height) - max(y, face.y)
    return max(across, 0) * max(down, 0) / (width * height)


def _inside(face: Face, box: Box) -> bool:
    x, y, width, height = box
    across, down = face.x + face.width / 2, face.y + face.height / 2
    return x <= across <= x + width and y <= down <= y + height


def _row(counted: Counted) -> dict[str, Any]:
    return {
        "recall": proportion(counted.found, counted.marked),
        "precision": proportion(counted.right, counted.answers),
        "answers": counted.answers,
        "missed": counted.missed,
    }


def proportion(hits: int, of: int) -> list[float | None]:
    """Return the share with its 95 % interval (Clopper and Pearson 1934); nothing of nothing has none."""
    if not of:
        return [None, None, None]
    low = float(beta.ppf(0.025, hits, of - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0
    return [round(hits / of, 4), round(low, 4), round(high, 4)]

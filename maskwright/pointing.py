"""Objects that are only pointed at, as the server wants them: points by name, labels by their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from maskwright.records import Image, id_of

Place = Mapping[str, Any]


def pointed(place: Place) -> dict[str, Any]:
    """Return where an object is: "points" (x, y), or (x, y, 0) for what is not of it, and "box" x, y, width, height."""
    points = [{"x": one[0], "y": one[1], "label": int(one[2]) if len(one) > 2 else 1} for one in _points(place)]
    box = place.get("box")
    return {"points": points} | ({} if box is None else {"box": list(box)})


def prompt(place: Place, label: str | None) -> dict[str, Any]:
    """Return an object with the id of its label, its "track", and where it is "also": places with an "image"."""
    others = [pointed(other) | {"image": _key(other["image"])} for other in place.get("also", ())]
    return pointed(place) | {"label": label, "track": place.get("track"), "also": others}


def _points(place: Place) -> Sequence[Sequence[float]]:
    points: Sequence[Sequence[float]] = place.get("points", ())
    return points


def _key(image: Image | str) -> str:
    return id_of(image)

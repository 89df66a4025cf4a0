"""Objects that somebody points at in place of drawing them: points and a box on one image, and on others besides."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from annotator.accounts.models import User
from annotator.lib.boxes import corners_within
from annotator.lib.errors import refused
from annotator.projects.models import Image, Label
from annotator.suggestions.carry.order import among

MOST_OBJECTS = 50
MOST_POINTS = 64
"""Of an object on an image."""
MOST_ALSO = 7
"""Other images on which an object is pointed at: with the first as many as a model's memory reads at once."""
MOST_TRACK = 2**31 - 1

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pointed:
    """Where an object is on an image: points {x, y, label} (1: of it, 0: not of it) and a box x0, y0, x1, y1 or None,
    in the image's pixels."""

    image: str
    points: tuple[dict[str, float | int], ...]
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Wish:
    """An object to follow, its label and its track, where somebody said them; `prompts` begin with the first image."""

    label: uuid.UUID | None
    track: int | None
    prompts: tuple[Pointed, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """The prompts as `Trail` keeps them."""
        return json.loads(json.dumps([asdict(one) for one in self.prompts]))  # type: ignore[no-any-return]

    @property
    def others(self) -> list[uuid.UUID]:
        """Images besides the first."""
        return [uuid.UUID(one.image) for one in self.prompts[1:]]


def points_of(prompt: Given) -> tuple[list[tuple[float, float]], list[int]]:
    """Points [N, 2] and labels [N] of a prompt as `Trail` keeps it."""
    return [(point["x"], point["y"]) for point in prompt["points"]], [point["label"] for point in prompt["points"]]


def digest(wishes: Sequence[Wish]) -> str:
    """The same for who points at the same places again, whatever label it gets."""
    return hashlib.sha256(json.dumps([wish.to_json() for wish in wishes]).encode()).hexdigest()


def read(image: Image, by: User, given: Sequence[Given]) -> list[Wish]:
    """Return the objects that a request points at: each "points", "box" (x, y, width and height), "label" and "track",
    and "also" with points and boxes on other images that this person sees. Raises ApiError that names what is wrong."""
    labels = set(Label.objects.filter(project=image.project).values_list("pk", flat=True))
    images = among(by, image, {other["image"] for one in given for other in one.get("also", [])})
    wishes = [_wish(f"prompts.{number}", one, image, images, labels) for number, one in enumerate(given)]
    _check_tracks(wishes)
    return wishes


def _wish(
    field: str, given: Given, image: Image, images: Mapping[uuid.UUID, Image], labels: Iterable[uuid.UUID]
) -> Wish:
    label = given.get("label")
    if label is not None and label not in labels:
        raise refused(field, "This label is not one of the project's labels; it may have been deleted.")
    prompts = [_pointed(field, given, image)]
    for number, other in enumerate(given.get("also", [])):
        there = images.get(other["image"])
        if there is None:
            raise refused(f"{field}.also.{number}", "This image is not in the project (any more).")
        prompts.append(_pointed(f"{field}.also.{number}", other, there))
    if len({one.image for one in prompts}) < len(prompts):
        raise refused(field, "An image is named twice; put all points of an object on an image together.")
    return Wish(label, given.get("track"), tuple(prompts))


def _pointed(field: str, given: Given, image: Image) -> Pointed:
    points, box = given.get("points", []), given.get("box")
    size = f"{image.width} × {image.height} pixels"
    for point in points:
        if not (0 <= point["x"] <= image.width and 0 <= point["y"] <= image.height):
            place = f"({point['x']:g}, {point['y']:g})"
            raise refused(field, f"The point {place} is not on “{image.name}”, which has {size}.")
    if box is None and not any(point["label"] for point in points):
        raise refused(field, f"Say where the object is on “{image.name}”: at least one point of it, or a box.")
    corners = None if box is None else corners_within(box, image.width, image.height)
    if box is not None and corners is None:
        raise refused(field, f"Nothing of the box lies on “{image.name}”, which has {size}.")
    return Pointed(str(image.pk), tuple({key: point[key] for key in ("x", "y", "label")} for point in points), corners)


def _check_tracks(wishes: Sequence[Wish]) -> None:
    tracks = [wish.track for wish in wishes if wish.track is not None]
    if twice := sorted({track for track in tracks if tracks.count(track) > 1}):
        raise refused("prompts", f"Track {twice[0]} is asked for twice; one object is on a track.")

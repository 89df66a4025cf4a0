"""What of submitted work looks as if it were worth a look, said in words, and how much it weighs.

Reckoned once, when an image is submitted: it sorts the queue, and decides nothing.
"""

from __future__ import annotations

import math
import statistics
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotator.annotations.choices import Stage
from annotator.annotations.models import Annotation
from annotator.annotations.queries import live_objects
from annotator.projects.models import Image
from annotator.projects.models.image import on_images_of
from annotator.reviews.models import Review
from annotator.reviews.shapes import Placed, is_ragged, overlapping, pieces_and_holes

UNSURE, UNSTABLE = 0.8, 0.9
"""Predicted IoU and stability below which the model itself doubts."""
LIKE = 200
"""Objects of a label, and times of a project, that are compared with."""
ENOUGH = 8
"""Fewer say nothing of what is usual."""
FAR = 3.5
"""So many deviations (of medians, of the logarithm of the size) from the usual are unusual."""
QUICK = 0.2
"""Share of the usual seconds for a mask below which work was quick."""
NAMED = 20
MOST = 1000
"""Objects of an image that are looked at."""


@dataclass(frozen=True)
class Sign:
    """Something worth a look: what it weighs (0 to 1), and its words for one object and for several."""

    weight: float
    one: str
    many: str


SIGNS = {
    "empty": Sign(0.9, "Nothing is outlined", ""),
    "unlabelled": Sign(0.6, "A mask has no label", "{} masks have no label"),
    "overlaps": Sign(0.4, "A mask lies over another one", "{} masks lie over others"),
    "size": Sign(0.35, "A mask has an unusual size for its label", "{} masks have an unusual size for their labels"),
    "unsure": Sign(0.35, "The model was unsure of a mask", "The model was unsure of {} masks"),
    "unstable": Sign(0.3, "A mask is unstable", "{} masks are unstable"),
    "quick": Sign(0.3, "It was done unusually quickly", ""),
    "ragged": Sign(0.25, "A mask has ragged edges", "{} masks have ragged edges"),
    "islands": Sign(0.25, "A mask is in several pieces", "{} masks are in several pieces"),
    "holes": Sign(0.2, "A mask has holes", "{} masks have holes"),
    "border": Sign(0.05, "A mask touches the border", "{} masks touch the border"),
}


LookAt = Callable[[Image], Collection[uuid.UUID] | None]
_LOOKS: dict[str, LookAt] = {}


def add_look(code: str, sign: Sign, look: LookAt) -> None:
    """Let an app above see something, too: a function that returns the objects in question, None where there is
    nothing to see."""
    SIGNS[code] = sign
    _LOOKS[code] = look


def look_at(image_id: uuid.UUID, seq: int) -> None:
    """Reckon an image's risk and write it down, unless it has been submitted again since (at another `seq`)."""
    image = Image.workable.filter(pk=image_id).first()
    if image is None:
        return
    risk, reasons = weigh(image)
    Review.objects.filter(image_id=image_id, submitted_seq=seq).update(risk=risk, reasons=reasons)


def weigh(image: Image) -> tuple[float, list[dict[str, Any]]]:
    """Return the risk (0 to 1) and its reasons, the heaviest first: {"code", "text", "objects": ids}."""
    rows = list(live_objects().filter(image=image)[:MOST])
    found: dict[str, list[str]] = defaultdict(list)
    if not rows:
        found["empty"] = []
    usual = _usual_sizes(image, rows)
    for row in rows:
        for code in _signs(row, image, usual):
            found[code].append(str(row.pk))
    for at in overlapping([Placed(row.label_id, row.rle, row.bbox, row.area) for row in rows]):
        found["overlaps"].append(str(rows[at].pk))
    if _was_quick(image, rows):
        found["quick"] = []
    for code, look in _LOOKS.items():
        if (objects := look(image)) is not None:
            found[code] = [str(pk) for pk in objects]
    left = math.prod(1 - SIGNS[code].weight for code in found)
    heaviest = sorted(found, key=lambda code: -SIGNS[code].weight)
    reasons = [_reason(code, found[code]) for code in heaviest]
    return round(1 - left, 3), reasons


def _reason(code: str, objects: list[str]) -> dict[str, Any]:
    sign = SIGNS[code]
    text = sign.many.format(len(objects)) if len(objects) > 1 else sign.one
    return {"code": code, "text": text, "objects": objects[:NAMED]}


def _signs(row: Annotation, image: Image, usual: dict[uuid.UUID, Callable[[float], bool]]) -> Iterable[str]:
    if row.label_id is None:
        yield "unlabelled"
    elif row.label_id in usual and not usual[row.label_id](_size(row.area, image.width, image.height)):
        yield "size"
    if row.predicted_iou is not None and row.predicted_iou < UNSURE:
        yield "unsure"
    if row.stability_score is not None and row.stability_score < UNSTABLE:
        yield "unstable"
    pieces, holes = pieces_and_holes(row.rle, row.bbox)
    if pieces > 1:
        yield "islands"
    if holes:
        yield "holes"
    if is_ragged(row.rle, row.bbox):
        yield "ragged"
    x, y, width, height = row.bbox
    if x == 0 or y == 0 or x + width == image.width or y + height == image.height:
        yield "border"


def _size(area: int, width: int, height: int) -> float:
    """The logarithm of the share of the image."""
    return math.log(area / (width * height))


def _usual_sizes(image: Image, rows: list[Annotation]) -> dict[uuid.UUID, Callable[[float], bool]]:
    """Return, by label, whether a size is a usual one among the label's objects on the project's other images."""
    usual: dict[uuid.UUID, Callable[[float], bool]] = {}
    for label in {row.label_id for row in rows if row.label_id}:
        known = _others(image).filter(label=label).values_list("area", "image__width", "image__height")[:LIKE]
        sizes = [_size(*one) for one in known]
        if len(sizes) >= ENOUGH:
            usual[label] = _within(sizes)
    return usual


def _others(image: Image) -> QuerySet[Annotation]:
    """Return the objects on the project's other images, those changed last before the others."""
    rows = live_objects().filter(on_images_of(image.project_id)).exclude(image=image)
    return rows.order_by("-updated")


def _within(sizes: list[float]) -> Callable[[float], bool]:
    middle = statistics.median(sizes)
    # 1.4826 makes it a standard deviation where sizes are spread normally; a quarter at least is no wonder.
    spread = max(1.4826 * statistics.median(abs(size - middle) for size in sizes), 0.25)
    return lambda size: abs(size - middle) <= FAR * spread


def _was_quick(image: Image, rows: list[Annotation]) -> bool:
    by_hand = [row.seconds for row in rows if row.stage == Stage.ASSISTED_MANUAL and row.seconds > 0]
    if not by_hand:
        return False
    timed = _others(image).filter(stage=Stage.ASSISTED_MANUAL, seconds__gt=0)
    usual = list(timed.values_list("seconds", flat=True)[:LIKE])
    return len(usual) >= ENOUGH and statistics.median(by_hand) < QUICK * statistics.median(usual)

"""A simulated annotator: judges suggestions by masks that people drew, through the API, and draws what is missing.

It has no clock: seconds and clicks are what a person would have needed, and a script cannot know them.
"""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any, Protocol

from export import rle
from export.spans import Spans
from tests.bench.trial.photos import Photo

ACCEPT_ABOVE = 0.8
"""IoU with a person's mask above which a suggestion is good enough to be accepted as it is."""
CORRECT_ABOVE = 0.5
"""From here on it is the right object, and is accepted with the person's mask; below, it is rejected."""
MISSING_BELOW = 0.5
"""A person's mask that no object reaches by this IoU is drawn by hand."""


class Api(Protocol):
    """Requests to the server; raises for any refusal."""

    def __call__(self, method: str, path: str, body: object = None) -> Any: ...


class Truth:
    """What people drew on a photo, unpacked once."""

    def __init__(self, masks: list[rle.Rle]) -> None:
        self._masks = [(mask, Spans.of(mask)) for mask in masks]

    def best(self, mask: rle.Rle) -> tuple[float, rle.Rle | None]:
        """The person's mask most like this one, and their IoU."""
        spans = Spans.of(mask)
        scored = [(spans.iou(other), index) for index, (_, other) in enumerate(self._masks)]
        iou, index = max(scored, default=(0.0, -1))
        return iou, self._masks[index][0] if index >= 0 else None


def judge(api: Api, image: str, photo: Photo) -> Counter[str]:
    """Decide on every suggestion of an image, best first, then draw what is missing. Returns how often it did what."""
    truth, done = Truth(photo.masks), Counter[str]()
    for row in api("get", f"images/{image}/suggestions/")["results"]:
        done[_decide(api, image, row, truth)] += 1
    objects = api("get", f"images/{image}/annotations/")["results"]
    made = Truth([_mask(row["rle"]) for row in objects])
    missing = [mask for mask in photo.first if made.best(mask)[0] < MISSING_BELOW]
    if missing:
        drawn = [{"op": "create", "id": str(uuid.uuid4()), "key": str(uuid.uuid4()), "data": {"rle": mask.to_json()}}
                 for mask in missing]  # fmt: skip
        api("post", f"images/{image}/annotations/bulk/", {"operations": drawn})
    done["drawn"] += len(missing)
    return done


def _decide(api: Api, image: str, row: dict[str, Any], truth: Truth) -> str:
    iou, right = truth.best(_mask(row["rle"]))
    operation: dict[str, Any] = {"key": str(uuid.uuid4()), "id": row["id"], "op": "accept"}
    if iou <= CORRECT_ABOVE or right is None:
        operation["op"], name = "reject", "rejected"
    elif iou <= ACCEPT_ABOVE:
        operation["data"], name = {"rle": right.to_json()}, "corrected"
    else:
        name = "accepted"
    (result,) = api("post", f"images/{image}/suggestions/bulk/", {"operations": [operation]})["results"]
    # What was accepted before may cover it: the editor would not show it any more.
    return "covered" if result["status"] == 409 else name


def _mask(stored: dict[str, Any]) -> rle.Rle:
    return rle.Rle((stored["size"][0], stored["size"][1]), stored["counts"])

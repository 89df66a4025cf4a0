"""A client's mask on its way in: trusted only after every check, and measured here, never by the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from annotator.lib.errors import ApiError
from export import rle


class Frame(Protocol):
    """What has a size in pixels: an image."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A mask that was read already, as the fields rle, bbox and area."""

    fields: dict[str, Any]


def with_measures(data: Mapping[str, Any], frame: Frame) -> Mapping[str, Any]:
    """Return client data whose mask, if there is one, is Measured. Raises ApiError as `measured` does."""
    return {**data, "rle": Measured(measured(data["rle"], frame))} if "rle" in data else data


def measured(mask: object, frame: Frame) -> dict[str, Any]:
    """Return the fields rle, bbox and area for a client's run lengths on this image.

    Raises ApiError (`invalid_mask`, `empty_mask`) with a sentence."""
    try:
        checked = rle.validate(mask, frame.height, frame.width)
    except rle.RleError as error:
        raise ApiError("invalid_mask", str(error), fields={"rle": [str(error)]}) from None
    pixels = rle.area(checked)
    if pixels == 0:
        sentence = "The mask is empty. Delete the object instead of emptying it."
        raise ApiError("empty_mask", sentence, fields={"rle": [sentence]})
    return {"rle": checked.to_json(), "bbox": list(rle.bbox(checked)), "area": pixels}

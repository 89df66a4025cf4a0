"""What Maskwright knows of an object or an image and a format has no field for: the `maskwright` objects in JSON files.

Other tools pass them by; our readers take them up again, so that nothing is lost on a way there and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from export.dataset import ImageRecord, Instance
from export.reading.fields import items, mapping, number, score, text, whole

TRACK = "track_id"
"""The attribute's name, as CVAT and Datumaro have it."""


def of_instance(instance: Instance) -> dict[str, Any]:
    """An object's; empty where there is nothing beyond what every format says."""
    own: dict[str, Any] = {}
    if instance.key:
        own = {"id": instance.key, "stage": instance.stage, "z_order": instance.z_order}
    elif instance.z_order:
        own["z_order"] = instance.z_order
    if instance.suggested:
        own["suggestion"] = True
    if instance.suggested or instance.predicted_iou is not None or instance.stability_score is not None:
        own |= {"predicted_iou": instance.predicted_iou, "stability_score": instance.stability_score}
    if instance.point_coords:
        own["point_coords"] = [list(point) for point in instance.point_coords]
    if instance.crop_box:
        own["crop_box"] = list(instance.crop_box)
    if instance.is_box:
        own["box"] = True
    return own | ({"crowd": True} if instance.is_crowd else {})


def whole_track(attributes: Mapping[str, Any]) -> int | None:
    """The number that makes objects on several images one and the same (`track_id`); None where there is none."""
    value = attributes.get(TRACK)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def of_image(image: ImageRecord, *, numbered: bool = False) -> dict[str, Any]:
    """An image's; `numbered` where the format has no field for its number, name and split."""
    own: dict[str, Any] = {"id": image.key, "sha256": image.sha256} if image.key else {}
    if image.tags:
        own["tags"] = list(image.tags)
    if numbered:
        own |= {"number": image.id, "file_name": image.file_name} | ({"split": image.split} if image.split else {})
    return own


def about_instance(raw: object) -> dict[str, Any]:
    """What `of_instance` wrote, as fields of an Instance. Raises ValueError for what it cannot have written."""
    own = mapping(raw, "maskwright")
    found: dict[str, Any] = {
        "key": str(own.get("id", "")), "stage": str(own.get("stage", "")), "z_order": whole(own.get("z_order", 0)),
        "suggested": own.get("suggestion") is True, "is_box": own.get("box") is True,
        "is_crowd": own.get("crowd") is True, "predicted_iou": score(own.get("predicted_iou")),
        "stability_score": score(own.get("stability_score")),
    }  # fmt: skip
    return found | prompts(own)


def prompts(entry: Any) -> dict[str, Any]:
    """`point_coords` and `crop_box` as SA-1B has them."""
    points = tuple((number(x), number(y)) for x, y in items(entry.get("point_coords"), "point_coords"))
    crop = items(entry.get("crop_box"), "crop_box")
    if not crop:
        return {"point_coords": points}
    x, y, width, height = (whole(side) for side in crop)
    return {"point_coords": points, "crop_box": (x, y, width, height)}


def about_image(raw: object) -> dict[str, Any]:
    """What `of_image` wrote, as fields for `Builder.image`; "name" and "number" only where it has them."""
    own = mapping(raw, "maskwright")
    found: dict[str, Any] = {
        "key": str(own.get("id", "")), "sha256": str(own.get("sha256", "")),
        "tags": [text(tag, "A tag") for tag in items(own.get("tags"), "tags")], "split": str(own.get("split", "")),
    }  # fmt: skip
    if "number" in own:
        found |= {"number": whole(own["number"]), "name": text(own["file_name"])}
    return found

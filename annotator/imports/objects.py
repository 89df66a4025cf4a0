"""One object of a data set as a row of the project: who it is, what it carries over, what it loses."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.annotations.choices import Stage
from annotator.imports.labels import clean
from annotator.lib.numbers import is_number
from export import ImageRecord, Instance

MAX_ATTRIBUTES, MAX_NAME, MAX_TEXT = 100, 200, 10_000
"""What the API takes of an object's attributes, too."""
_WORST, _BEST = -10.0, 10.0
"""Between these lies every score that the API takes."""

MAX_POINTS = 1000

LOSSES: dict[str, str] = {
    "attributes": "Lists, objects and empty values of attributes have no place in a project.",
    "boxes": "That only a box was known is not kept: the object is its box, filled.",
    "crowds": "That an object is a crowd is not kept.",
    "tags": "Tags of images are not kept.",
    "splits": "Train, validation and test are not kept.",
}
"""What a project has no place for, counted as exports count it."""


@dataclass(frozen=True, slots=True)
class Named:
    """An object with the id that it has on its image in this project, whenever it is imported, and its label's name."""

    pk: uuid.UUID
    label: str
    instance: Instance

    def ids(self) -> list[uuid.UUID]:
        """Every id under which it may be there: the one it gets here, and the one that it came from."""
        own = _uuid(self.instance.key)
        return [self.pk] if own is None else [self.pk, own]


def named(image: uuid.UUID, instances: Iterable[Instance], labels: Mapping[int | None, str]) -> list[Named]:
    """Return an image's objects, lowest first, each with an id that is the same every time it comes.

    An object that knows its own id is that object; any other is its mask and label, and the how many-th of the kind."""
    seen: Counter[str] = Counter()
    result = []
    for instance in sorted(instances, key=lambda item: item.z_order):
        label = labels[instance.category_id]
        base = f"key {instance.key}" if instance.key else f"mask {instance.rle.counts} {label}"
        seen[base] += 1
        result.append(Named(uuid.uuid5(image, f"{clean(base)} {seen[base]}"), label, instance))
    return result


def count_losses(instance: Instance, lost: Counter[str]) -> None:
    """Count what the project cannot hold of an object."""
    lost["attributes"] += len(instance.attributes) - len(kept_attributes(instance.attributes))
    lost["boxes"] += instance.is_box
    lost["crowds"] += instance.is_crowd


def count_proposal_losses(instance: Instance, lost: Counter[str]) -> None:
    """Count what a suggestion cannot hold of an object."""
    count_losses(instance, lost)
    lost["attributes"] += len(kept_attributes(instance.attributes))


def count_image_losses(record: ImageRecord, lost: Counter[str]) -> None:
    """Count what the project cannot hold of an image."""
    lost["tags"] += bool(record.tags)
    lost["splits"] += bool(record.split)


def kept_attributes(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that the API would take: text, numbers, true and false."""
    kept: dict[str, Any] = {}
    for name, value in attributes.items():
        name = clean(str(name))
        value = clean(value) if isinstance(value, str) else value
        fits = isinstance(value, bool) or is_number(value) or (isinstance(value, str) and len(value) <= MAX_TEXT)
        if fits and 0 < len(name) <= MAX_NAME and len(kept) < MAX_ATTRIBUTES:
            kept[name] = value
    return kept


def values_of(instance: Instance, origin: uuid.UUID) -> dict[str, Any]:
    """Return the fields of an annotation, its label apart. `origin` is the import, kept among the prompts with the
    object's number and id in the file: every mask knows where it came from."""
    stage = instance.stage if instance.stage in Stage.values else Stage.ASSISTED_MANUAL.value
    imported = {"import": str(origin), "number": instance.id, "id": clean(instance.key)[:MAX_NAME]}
    points = [{"x": x, "y": y, "label": 1} for x, y in instance.point_coords[:MAX_POINTS]]
    crop = list(instance.crop_box) if instance.crop_box else None
    return {
        "rle": instance.rle.to_json(),
        "attributes": kept_attributes(instance.attributes),
        "stage": stage,
        "predicted_iou": score(instance.predicted_iou),
        "stability_score": score(instance.stability_score),
        "prompts": [{"points": points, "box": None, "crop_box": crop, "imported": imported}],
    }


def score(value: float | None) -> float | None:
    """Return a score that can be stored, None for what is none."""
    return value if value is not None and _WORST <= value <= _BEST else None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if len(text) == 36 else None
    except ValueError:
        return None

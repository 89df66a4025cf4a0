"""Objects of a data set as suggestions: masks that somebody still has to accept, with the label that the file gives."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from annotator.annotations import masks
from annotator.annotations.models import Annotation
from annotator.imports.objects import Named, score
from annotator.lib.errors import NotFound
from annotator.lib.numbers import is_number
from annotator.projects.models import Image
from annotator.runs.models import Run
from annotator.suggestions.choices import State
from annotator.suggestions.known import point_inside
from annotator.suggestions.models import Search, Suggestion
from annotator.suggestions.queries import settings_of
from export import Instance


def missing(image: Image, objects: Sequence[Named]) -> list[Named]:
    """Return those that are neither suggested on the image, whatever became of that, nor objects of it."""
    ids = [pk for one in objects for pk in one.ids()]
    there = set(Suggestion.objects.filter(image=image, pk__in=ids).values_list("pk", flat=True))
    there |= set(Annotation.objects.filter(image=image, pk__in=ids).values_list("pk", flat=True))
    return [one for one in objects if there.isdisjoint(one.ids())]


def accepted(image: Image, objects: Sequence[Named]) -> set[uuid.UUID]:
    """Return the ids of those that came in as suggestions before, and are objects by now."""
    ids = [one.pk for one in objects]
    rows = Suggestion.objects.filter(image=image, pk__in=ids, state=State.ACCEPTED, annotation__deleted_at=None)
    return set(rows.values_list("pk", flat=True))


def values_of(one: Named, image: Image) -> dict[str, Any]:
    """Return the columns of a suggestion, its label apart. Raises ApiError for a mask that does not fit."""
    instance = one.instance
    crop = list(instance.crop_box or (0, 0, image.width, image.height))
    point = instance.point_coords[0] if instance.point_coords else point_inside(instance.rle)
    return masks.measured(instance.rle.to_json(), image) | {
        "predicted_iou": _score(instance),
        "stability_score": score(instance.stability_score) or 0.0,
        "point": list(point),
        "crop_box": crop,
    }


def put(
    image: Image, run: Run, objects: Sequence[Named], values: dict[uuid.UUID, dict[str, Any]],
    labels: dict[str, uuid.UUID | None],
) -> list[Suggestion]:  # fmt: skip
    """Write those that are still missing, best first; inside a transaction. Raises NotFound when the image is gone."""
    # Held, so that nobody decides or imports here meanwhile.
    if Image.objects.select_for_update().filter(pk=image.pk).first() is None:
        raise NotFound("image")
    search, _ = Search.objects.get_or_create(
        image=image, run=run,
        defaults={"params": settings_of(image.project).to_json(), "found": 0, "kept": 0, "complete": False},
    )  # fmt: skip
    ranked = sorted(missing(image, objects), key=lambda one: -values[one.pk]["predicted_iou"])
    rows = [
        Suggestion(
            id=one.pk, image=image, search=search, label_id=labels[one.label], rank=search.kept + at, **values[one.pk]
        )
        for at, one in enumerate(ranked)
    ]
    Suggestion.objects.bulk_create(rows)
    search.found = search.kept = search.kept + len(rows)
    search.save(update_fields=["found", "kept"])
    return rows


def _score(instance: Instance) -> float:
    """What the file says of its quality; 0 where it says nothing, so that nothing is filled in unseen."""
    said: Any = instance.predicted_iou if instance.predicted_iou is not None else instance.attributes.get("score")
    return (score(float(said)) if is_number(said) else None) or 0.0

"""Which masks are the truth: the accepted ones as they are now, or those that a snapshot froze; by the same rule."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, F, QuerySet, Sum

from annotator.annotations.choices import Stage, Status
from annotator.datasets import snapshots
from annotator.datasets.models import Snapshot
from annotator.datasets.suggested import is_suggested
from annotator.evaluations.masks import accepted
from annotator.experiments.parameters import COVERED
from annotator.lib.scratch import work_folder
from annotator.projects.models import Image, Project
from sam_backend.data.drawn import draw

_CHUNK = 500


class Mask(NamedTuple):
    """A mask: its label's name, blank for none, its stored run lengths, and the model version that helped."""

    label: str
    rle: dict[str, Any]
    made_with: uuid.UUID | None


@dataclass
class Data:
    """Images drawn, in the project's order, each with all its masks.

    Attributes:
        frequency: on how many images of the whole data each label is found, as LVIS counts.
        total: images with masks that were drawn from.
        gone: names of drawn images that were deleted since the snapshot.
    """

    drawn: list[tuple[Image, list[Mask]]]
    frequency: dict[str, int]
    total: int
    gone: list[str] = field(default_factory=list)


def of_project(project: Project, limit: int, *, covered: bool = False) -> Data:
    """Draw up to `limit` images with accepted masks, the same ones until images change. `covered` draws only from
    those whose masks may cover them."""
    rows = accepted(project)
    ids = _images_of(covered_images(project) if covered else rows)
    chosen = [ids[place] for place in draw(len(ids), limit)]
    masks: dict[uuid.UUID, list[Mask]] = {pk: [] for pk in chosen}
    for start in range(0, len(chosen), _CHUNK):
        found = rows.filter(image__in=chosen[start : start + _CHUNK]).order_by("image", "z_order", "created", "id")
        for image, label, rle, by in found.values_list("image", "label__name", "rle", "model_version").iterator(_CHUNK):
            masks[image].append(Mask(label or "", rle, by))
    counted = rows.exclude(label=None).order_by().values_list("label__name")
    frequency = dict(counted.annotate(images=Count("image", distinct=True)))
    return Data(_with_rows(masks), frequency, len(ids))


def of_snapshot(snapshot: Snapshot, limit: int) -> Data:
    """Draw up to `limit` images with masks of a snapshot. Raises FileNotFoundError."""
    with work_folder() as folder:
        body = snapshots.fetch(snapshot, folder)
        names = {label["id"]: label["name"] for label in snapshots.read_head(body)["labels"]}
        ids, frequency = _counted(lambda: snapshots.read_body(body), names)
        chosen = {ids[place] for place in draw(len(ids), limit)}
        masks: dict[uuid.UUID, list[Mask]] = {}
        called: dict[uuid.UUID, str] = {}
        for line in snapshots.read_body(body):
            if "image" in line:
                called[uuid.UUID(line["image"]["id"])] = line["image"]["name"]
            elif line["annotation"]["image"] in chosen and _counts(line["annotation"]):
                row = line["annotation"]
                by = uuid.UUID(row["model_version"]) if row["model_version"] else None
                mask = Mask(names.get(row["label"], ""), row["rle"], by)
                masks.setdefault(uuid.UUID(row["image"]), []).append(mask)
    drawn = _with_rows(masks)
    there = {image.pk for image, _ in drawn}
    return Data(drawn, frequency, len(ids), [called[pk] for pk in masks if pk not in there])


def covered_images(project: Project) -> QuerySet[Any]:
    """Images whose accepted masks have as many pixels together as cover them. Masks that lie on one another count twice
    here; measuring looks closer."""
    sums = accepted(project).order_by().values("image").annotate(covered=Sum("area"))
    return sums.filter(covered__gte=F("image__width") * F("image__height") * COVERED)


def _images_of(rows: QuerySet[Any]) -> list[uuid.UUID]:
    """The images of rows, each once, in the project's order."""
    found = rows.order_by("image__place", "image").values_list("image", "image__place")
    return [image for image, *_ in found.distinct()]


def _counted(
    body: Callable[[], Iterator[dict[str, Any]]], names: Mapping[str, str]
) -> tuple[list[str], dict[str, int]]:
    """The ids of images with masks, and on how many of them each label is."""
    labels: dict[str, set[str]] = {}
    for line in body():
        row = line.get("annotation")
        if row is not None and _counts(row):
            labels.setdefault(row["image"], set()).add(names.get(row["label"], ""))
    frequency: dict[str, int] = {}
    for name in (name for found in labels.values() for name in found if name):
        frequency[name] = frequency.get(name, 0) + 1
    return list(labels), frequency


def _counts(row: Mapping[str, Any]) -> bool:
    """Whether people stand for a mask of a snapshot: as `annotator.evaluations.masks.accepted`."""
    if is_suggested(row) or row["status"] == Status.REJECTED:
        return False
    return bool(row["stage"] != Stage.FULLY_AUTOMATIC or row["status"] == Status.APPROVED)


def _with_rows(masks: Mapping[uuid.UUID, list[Mask]]) -> list[tuple[Image, list[Mask]]]:
    rows = Image.objects.in_bulk(list(masks))
    return [(rows[pk], found) for pk, found in masks.items() if pk in rows and found]

"""Between the database's world and `export`'s: the only file that knows both."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from annotator.datasets import snapshots
from annotator.datasets.models import Snapshot
from annotator.datasets.suggested import SUGGESTED, is_suggested
from annotator.lib import storage
from annotator.lib.numbers import is_number
from annotator.projects.models import Image
from export import Category, Dataset, ImageRecord, Instance, Rle
from export.names import unique_paths

UNLABELLED = "unlabelled"
OWN_NUMBERS: dict[str | None, int] = {None: 1_000_001, SUGGESTED: 1_000_002}
"""Categories of what no label names, far above any label's number: neither ever changes when the other is there."""
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}
_CHUNK = 1 << 20
_ROWS = 500


class Instances:
    """A snapshot's annotations as export's instances; read anew from its fetched file each time they are walked."""

    def __init__(self, body: Path, count: int, categories: Mapping[str | None, int]) -> None:
        self._body, self._count = body, count
        self._categories = categories

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Instance]:
        image = number = 0
        for line in snapshots.read_body(self._body):
            if "image" in line:
                image += 1
                continue
            number += 1
            yield _instance(number, image, line["annotation"], self._categories)

    def frozen(self) -> Iterator[Frozen]:
        """Yield of each annotation what a proof compares."""
        rows = (line["annotation"] for line in snapshots.read_body(self._body) if "annotation" in line)
        for number, row in enumerate(rows, start=1):
            yield Frozen(number, row["image"], row["id"], row["revision"], rle_of(row["rle"]))


class Frozen(NamedTuple):
    """An annotation as a snapshot holds it: its number in the data set, the ids of its image and its own, its revision
    and its mask."""

    number: int
    image: str
    key: str
    revision: int
    rle: Rle


def dataset_of(snapshot: Snapshot, body: Path) -> Dataset:
    """Return a snapshot as a data set: numbers from 1 in the project's order, annotations streamed from its fetched
    file (`snapshots.fetch`), which has to stay as long as the data set is used."""
    head = snapshots.read_head(body)
    categories, numbers = _categories(head)
    return Dataset(
        name=head["project"]["name"],
        description=head["project"]["description"],
        images=_images(body),
        categories=categories,
        instances=Instances(body, snapshot.annotations, numbers),
        created=snapshot.created.isoformat(timespec="seconds"),
        provenance=provenance(snapshot, head),
    )


def provenance(snapshot: Snapshot, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an archive's manifest says about where it comes from."""
    return {
        "project": head["project"],
        "snapshot": {"id": str(snapshot.pk), "sha256": snapshot.sha256},
        "model_versions": head["model_versions"],
        "image_frame": "after EXIF rotation",
        "unlabelled": head["unlabelled"],
        "suggestions": head.get("suggestions", 0),
        "selection": head.get("selection", {}),
        "split": head.get("split"),
        "origin": head.get("origin", {}),
    }


def read_image(image: ImageRecord) -> Iterator[bytes]:
    """Yield the stored image's bytes. Raises FileNotFoundError."""
    with storage.open_blob(image.sha256) as source:
        while chunk := source.read(_CHUNK):
            yield chunk


def pictures_changed(dataset: Dataset) -> bool:
    """Tell whether an image got another picture since the data set was opened."""
    images = list(dataset.images)
    for start in range(0, len(images), _ROWS):
        known = {str(image.key): image.sha256 for image in images[start : start + _ROWS]}
        now = Image.with_bin.filter(pk__in=list(known)).values_list("pk", "sha256")
        if any(known[str(pk)] != sha256 for pk, sha256 in now):
            return True
    return False


def _images(body: Path) -> tuple[ImageRecord, ...]:
    rows = _with_pictures_now(list(snapshots.read_images(body)))
    names = unique_paths((row.get("folder", ""), _with_extension(row["name"], row["media_type"])) for row in rows)
    return tuple(_image(number, name, row) for number, (row, name) in enumerate(zip(rows, names, strict=True), start=1))


def _with_pictures_now(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was covered in an image after the snapshot was taken is covered in every file made of it from then on."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(rows), _ROWS):
        part = rows[start : start + _ROWS]
        there = Image.with_bin.filter(pk__in=[row["id"] for row in part]).values_list("pk", "sha256", "media_type")
        now = {str(pk): {"sha256": sha256, "media_type": media} for pk, sha256, media in there}
        found += [row | now.get(row["id"], {}) for row in part]
    return found


def _image(number: int, name: str, row: Mapping[str, Any]) -> ImageRecord:
    about = {"split": row.get("split", ""), "tags": tuple(row.get("tags", ()))}
    return ImageRecord(number, name, row["width"], row["height"], row["sha256"], row["id"], **about)


def _with_extension(name: str, media_type: str) -> str:
    """The name with the extension of what is stored: an upload may have been turned into another kind of file."""
    if mimetypes.guess_type(name)[0] == media_type:
        return name
    wanted = _EXTENSIONS.get(media_type) or mimetypes.guess_extension(media_type) or ""
    return str(PurePosixPath(name.replace("/", "_") or "image").with_suffix("")) + wanted


def _categories(head: Mapping[str, Any]) -> tuple[tuple[Category, ...], dict[str | None, int]]:
    """Labels in the project's order, under the numbers they keep; objects without one, and suggestions, get categories
    of their own: nothing is left out or mixed up."""
    labels: list[tuple[str | None, str, str]] = [(one["id"], one["name"], one["color"]) for one in head["labels"]]
    # A snapshot from before labels had numbers was exported by place.
    numbers = OWN_NUMBERS | {one["id"]: one.get("number", at) for at, one in enumerate(head["labels"], start=1)}
    taken = {name.casefold() for _, name, _ in labels}
    for key, name, there in ((None, UNLABELLED, head["unlabelled"]), (SUGGESTED, SUGGESTED, head.get("suggestions"))):
        if there:
            labels.append((key, name if name not in taken else f"({name})", "#888888"))
    categories = tuple(Category(numbers[key], name, color) for key, name, color in labels)
    return categories, {key: numbers[key] for key, _, _ in labels}


def _instance(number: int, image: int, row: Mapping[str, Any], categories: Mapping[str | None, int]) -> Instance:
    suggested = is_suggested(row)
    return Instance(
        id=number,
        image_id=image,
        category_id=categories.get(SUGGESTED if suggested else row["label"]),
        rle=rle_of(row["rle"]),
        z_order=row["z_order"],
        attributes=row["attributes"],
        stage=row["stage"],
        suggested=suggested,
        predicted_iou=row["predicted_iou"],
        stability_score=row["stability_score"],
        point_coords=_points(row["prompts"]),
        crop_box=_crop_box(row["prompts"]),
        key=row["id"],
    )


def rle_of(stored: Mapping[str, Any]) -> Rle:
    """Return a stored mask as export's."""
    height, width = stored["size"]
    return Rle((height, width), stored["counts"])


def _points(prompts: list[Any]) -> tuple[tuple[float, float], ...]:
    """The positive points of the last prompt that had any. Clients store prompts freely, so anything may be missing."""
    for prompt in reversed(prompts):
        points = prompt.get("points") if isinstance(prompt, dict) else None
        found = [point for point in points if _is_positive(point)] if isinstance(points, list) else []
        if found:
            return tuple((float(point["x"]), float(point["y"])) for point in found)
    return ()


def _is_positive(point: object) -> bool:
    if not isinstance(point, dict) or point.get("label", 1) != 1:
        return False
    return all(is_number(point.get(axis)) for axis in ("x", "y"))


def _crop_box(prompts: list[Any]) -> tuple[int, int, int, int] | None:
    for prompt in reversed(prompts):
        box = prompt.get("crop_box") if isinstance(prompt, dict) else None
        if isinstance(box, list) and len(box) == 4 and all(type(side) is int for side in box):
            return (box[0], box[1], box[2], box[3])
    return None

"""Checks a data set before it is written: references, sizes, order, names. Problems come back as sentences."""

from __future__ import annotations

from export import rle
from export.archive import ArchiveError, check_path
from export.dataset import Dataset, ImageRecord, Instance


def validate(dataset: Dataset) -> list[str]:
    """Every problem found; an empty list means every format can be written from this data set."""
    images = {image.id: image for image in dataset.images}
    categories = {category.id for category in dataset.categories}
    problems = _ids("image", [image.id for image in dataset.images])
    problems += _ids("category", [category.id for category in dataset.categories])
    problems += _names(list(dataset.images))
    order = {image_id: place for place, image_id in enumerate(images)}
    place, last, ascending = -1, 0, True
    for instance in dataset.instances:
        problems += [f"Annotation {instance.id}: {problem}" for problem in _instance(instance, images, categories)]
        ascending &= instance.id > last
        last = instance.id
        if order.get(instance.image_id, place) < place:
            problems.append(f"Annotation {instance.id}: annotations must come in the order of their images.")
        place = order.get(instance.image_id, place)
    return problems if ascending else problems + _instance_ids(dataset)


def _instance_ids(dataset: Dataset) -> list[str]:
    """In a walk of its own: only ids in disorder have to be remembered, which millions of objects should not need."""
    seen: set[int] = set()
    problems = []
    for instance in dataset.instances:
        if instance.id in seen or instance.id < 1:
            problems.append(f"Annotation {instance.id}: ids must be unique and start at 1.")
        seen.add(instance.id)
    return problems


def _ids(kind: str, ids: list[int]) -> list[str]:
    if len(set(ids)) == len(ids) and min(ids, default=1) >= 1:
        return []
    return [f"The {kind} ids must be unique and start at 1."]


def _names(images: list[ImageRecord]) -> list[str]:
    problems = []
    seen: set[str] = set()
    for image in images:
        try:
            check_path(image.file_name)
        except ArchiveError as error:
            problems.append(f"Image {image.id}: {error}")
        if image.file_name.casefold() in seen:
            problems.append(f"Image {image.id}: the file name {image.file_name!r} is used twice.")
        seen.add(image.file_name.casefold())
        if image.width < 1 or image.height < 1:
            problems.append(f"Image {image.id}: {image.width} x {image.height} is no size of a picture.")
    return problems


def _instance(instance: Instance, images: dict[int, ImageRecord], categories: set[int]) -> list[str]:
    image = images.get(instance.image_id)
    if image is None:
        return [f"there is no image {instance.image_id}."]
    if instance.category_id is not None and instance.category_id not in categories:
        return [f"there is no category {instance.category_id}."]
    try:
        rle.validate(instance.rle.to_json(), image.height, image.width)
    except rle.RleError as error:
        return [str(error)]
    return []

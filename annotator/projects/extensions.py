"""What apps above this one add to it: parts of an image's JSON, and blobs they still need."""
from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from annotator.projects.models import Image

ImagePart = Callable[[list[Image]], dict[uuid.UUID, Any]]
Keeper = Callable[[set[str]], set[str]]
Owner = Callable[[QuerySet[Image]], set[str]]

_PARTS: dict[str, ImagePart] = {}
_KEEPERS: list[Keeper] = []
_OWNERS: list[Owner] = []


def add_image_part(name: str, part: ImagePart) -> None:
    """Add a field to every image's JSON; `part` gets a whole page of images, so that it can look up in bulk."""
    _PARTS[name] = part


def add_keeper(needed: Keeper) -> None:
    """Add a function that returns, of some blob hashes, those that its rows still need."""
    if needed not in _KEEPERS:
        _KEEPERS.append(needed)


def add_owner(hashes_of: Owner) -> None:
    """Add a function that returns the blobs that go when these images go (unless somebody else needs them)."""
    if hashes_of not in _OWNERS:
        _OWNERS.append(hashes_of)


def owned(images: QuerySet[Image]) -> set[str]:
    """Return the hashes of every blob that hangs on these images, their own included."""
    own = {sha for pair in images.values_list("sha256", "thumb_sha256") for sha in pair}
    return own.union(*(hashes_of(images) for hashes_of in _OWNERS))


def image_parts(images: list[Image]) -> dict[str, dict[uuid.UUID, Any]]:
    """Return each added field's values by image id."""
    return {name: part(images) for name, part in _PARTS.items()}


def kept(hashes: set[str]) -> set[str]:
    """Return the hashes that some app above needs."""
    return {sha for needed in _KEEPERS for sha in needed(hashes)}

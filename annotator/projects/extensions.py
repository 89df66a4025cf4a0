"""What apps above this one add to it: parts of an image's JSON, blobs they still need, the objects on images, and the
model that new projects start with. Each says so in its `AppConfig.ready`; nothing here knows who they are."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from annotator.projects.choices import Standing
from annotator.projects.models import Image, Project

ImagePart = Callable[[list[Image]], dict[uuid.UUID, Any]]
Keeper = Callable[[set[str]], set[str]]
Owner = Callable[[QuerySet[Image]], set[str]]
Objects = Callable[[], QuerySet[Any]]
DefaultModel = Callable[[], Any]
Urgent = Callable[[Any, Project], QuerySet[Image]]
StateFollower = Callable[[Image, str, Any], None]
Holding = Callable[[QuerySet[Image], Any], QuerySet[Image]]
MoveFollower = Callable[[Image, Standing, Any], None]
Narrowing = Callable[[QuerySet[Image], str], tuple[QuerySet[Image], str]]
CopyFollower = Callable[[list[Image]], None]
PictureFollower = Callable[[QuerySet[Image]], None]

_PARTS: dict[str, ImagePart] = {}
_KEEPERS: list[Keeper] = []
_OWNERS: list[Owner] = []
_OBJECTS: list[Objects] = []
_DEFAULT_MODEL: list[DefaultModel] = []
_URGENT: list[Urgent] = []
_STATE_FOLLOWERS: list[StateFollower] = []
_HOLDING: list[Holding] = []
_MOVE_FOLLOWERS: list[MoveFollower] = []
_NARROWINGS: dict[str, Narrowing] = {}
_COPY_FOLLOWERS: list[CopyFollower] = []
_PICTURE_FOLLOWERS: list[PictureFollower] = []


def follow_copies(follower: CopyFollower) -> None:
    """Add a function that is told, in the same transaction, of copies of images that were made: what belongs to the
    picture rather than to work on it is theirs, too."""
    if follower not in _COPY_FOLLOWERS:
        _COPY_FOLLOWERS.append(follower)


def copies_made(copies: list[Image]) -> None:
    """Tell those who follow."""
    for follower in _COPY_FOLLOWERS:
        follower(copies)


def follow_pictures(follower: PictureFollower) -> None:
    """Add a function that is told, in the same transaction, of images whose pixels changed: what it made of the old
    ones it deletes."""
    if follower not in _PICTURE_FOLLOWERS:
        _PICTURE_FOLLOWERS.append(follower)


def pictures_changed(images: QuerySet[Image]) -> None:
    """Tell those who follow."""
    for follower in _PICTURE_FOLLOWERS:
        follower(images)


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


def set_objects(rows: Objects) -> None:
    """Say where the live objects on images are: rows with an `image` and a `label`."""
    _OBJECTS[:] = [rows]


def set_default_model(choose: DefaultModel) -> None:
    """Say which model version a new project starts with: a function that returns it, or None."""
    _DEFAULT_MODEL[:] = [choose]


def add_narrowing(name: str, narrow: Narrowing) -> None:
    """Add what lists of images may be narrowed by: `?only=NAME:VALUE`. It gets the images and the value, and returns
    those meant, with the words that complete "Images …"; for a value that means nothing it raises ValueError."""
    _NARROWINGS[name] = narrow


def meant_by(images: QuerySet[Image], only: str) -> tuple[QuerySet[Image], str]:
    """Return the images that `NAME:VALUE` means, and its words. Raises ValueError where it means nothing."""
    name, _, value = only.partition(":")
    if name not in _NARROWINGS:
        raise ValueError(only)
    return _NARROWINGS[name](images, value)


def add_urgent(images: Urgent) -> None:
    """Add a function that returns the images of a project which come first for a person who goes on to the next
    unfinished one, in their order."""
    if images not in _URGENT:
        _URGENT.append(images)


def urgent(user: Any, project: Project) -> list[QuerySet[Image]]:
    """Return what comes first for a person."""
    return [images(user, project) for images in _URGENT]


def follow_state(follower: StateFollower) -> None:
    """Add a function that is told, in the same transaction, when somebody says how far an image is: the image with its
    new state, the one before, and who. What it sets on the image is written with it."""
    if follower not in _STATE_FOLLOWERS:
        _STATE_FOLLOWERS.append(follower)


def state_said(image: Image, before: str, actor: Any) -> None:
    """Tell those who follow."""
    for follower in _STATE_FOLLOWERS:
        follower(image, before, actor)


def follow_moves(follower: MoveFollower) -> None:
    """Add a function that is told, in the same transaction, when an image came further or fell back, whoever did it and
    how: the image as it stands now, how it stood before, and who."""
    if follower not in _MOVE_FOLLOWERS:
        _MOVE_FOLLOWERS.append(follower)


def save_standing(image: Image, before: Standing, actor: Any, *others: str) -> None:
    """Write state and review of an image whose row is held, and `others`; tell those who follow if it moved."""
    image.save(update_fields=["state", "review", *others])
    if image.standing != before:
        for follower in _MOVE_FOLLOWERS:
            follower(image, before, actor)


def set_holding(narrow: Holding) -> None:
    """Say who has which images to work on: a function that narrows images to those of a person (an id), to those that
    wait for somebody ("pool"), or to those that nobody has to do ("nobody")."""
    _HOLDING[:] = [narrow]


def held_by(images: QuerySet[Image], who: Any) -> QuerySet[Image]:
    """Narrow images by who has them to work on."""
    (narrow,) = _HOLDING
    return narrow(images, who)


def objects() -> QuerySet[Any]:
    """Return the live objects on all images, to be counted."""
    (rows,) = _OBJECTS
    return rows()


def default_model() -> Any:
    """Return the model version that a new project starts with, or None."""
    (choose,) = _DEFAULT_MODEL
    return choose()


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

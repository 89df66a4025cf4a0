"""Which image of the project an image of a data set is.

Where the picture is there, its bytes decide and nothing else: of two pictures that are called `1.jpg`, only the same
one is the same. Where it is not, its folder and name do, as far as the data set gives them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from django.conf import settings

from annotator.projects.models import Project
from annotator.projects.names import safe_folder, safe_name
from annotator.projects.order import path_of
from export import ArchiveError, ImageRecord
from export.files import Files


class How(Enum):
    """How an image of a data set meets the project."""

    NEW = "new"
    BY_HASH = "by_hash"
    BY_NAME = "by_name"
    REPEATED = "repeated"
    """The same picture as one before it in the data set, and so the same image."""
    MISSING = "without_picture"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Known:
    """An image of the project."""

    pk: uuid.UUID
    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Match:
    """What an image of a data set is here. `image` is None for a new one, whose picture has the hash `sha256`."""

    how: How
    image: uuid.UUID | None = None
    sha256: str = ""
    problem: str = ""


class Album:
    """A project's images: three columns of text for each, so that a hundred thousand are no burden."""

    def __init__(self, project: Project) -> None:
        self._by_hash: dict[str, Known] = {}
        self._by_name: dict[str, list[Known]] = defaultdict(list)
        self._by_stem: dict[str, list[Known]] = defaultdict(list)
        self._new: set[str] = set()
        columns = ("pk", "folder", "name", "width", "height", "sha256", "source_sha256")
        for pk, folder, name, width, height, *hashes in project.images.order_by().values_list(*columns):
            known = Known(pk, path_of(folder, name), width, height)
            self._by_hash |= dict.fromkeys(hashes, known)
            self._by_name[name].append(known)
            self._by_stem[PurePosixPath(name).stem].append(known)

    def match(self, files: Files, record: ImageRecord) -> Match:
        """Return what an image of a data set is here, and what is wrong with it if something is."""
        try:
            return self._match(files, record)
        except (ArchiveError, ValueError) as error:
            return Match(How.UNUSABLE, problem=str(error))

    def _match(self, files: Files, record: ImageRecord) -> Match:
        sha256 = hash_of(files, record.path) if record.path else record.sha256
        if (known := self._by_hash.get(sha256)) is not None:
            return _sized(Match(How.BY_HASH, known.pk, sha256), known, record)
        if record.path:
            how = How.REPEATED if sha256 in self._new else How.NEW
            self._new.add(sha256)
            return Match(how, None, sha256)
        known = self._named(record.file_name)
        if known is None:
            return Match(How.MISSING, problem="Neither the data set nor the project has its picture.")
        return _sized(Match(How.BY_NAME, known.pk), known, record)

    def _named(self, file_name: str) -> Known | None:
        folder, name = place_of(file_name)
        path = path_of(folder, name)
        # A picture may have been stored as another kind of file than it was.
        found = self._by_name.get(name) or self._by_stem.get(PurePosixPath(name).stem, [])
        same = [known for known in found if known.path == path] or [
            known for known in found if _ends_alike(_parents(known.path), _parents(path))
        ]
        if len(same) > 1:
            raise ValueError(f"{len(same)} images of the project are called like that; which is meant cannot be told.")
        return same[0] if same else None


def place_of(file_name: str) -> tuple[str, str]:
    """Return the folder and the name that an image of this path has in a project."""
    folder, _, name = file_name.rpartition("/")
    return safe_folder(folder), safe_name(name)


def hash_of(files: Files, path: str) -> str:
    """Return the SHA-256 (hex) of a picture. Raises ArchiveError for one that is larger than an upload may be."""
    digest, size = hashlib.sha256(), 0
    for piece in files.chunks(path):
        digest.update(piece)
        size += len(piece)
        if size > settings.MAX_UPLOAD_BYTES:
            raise ArchiveError(f"The picture is larger than {settings.MAX_UPLOAD_BYTES // 2**20} MB, the most for one.")
    return digest.hexdigest()


def _sized(match: Match, known: Known, record: ImageRecord) -> Match:
    if (known.width, known.height) == (record.width, record.height):
        return match
    here = f"{known.width} × {known.height}"
    sentence = f"Its annotations are for {record.width} × {record.height} pixels; the image in the project has {here}."
    return Match(How.UNUSABLE, known.pk, problem=sentence)


def _parents(path: str) -> list[str]:
    return path.split("/")[:-1]


def _ends_alike(one: list[str], other: list[str]) -> bool:
    """Whether the shorter way is the end of the longer one."""
    common = min(len(one), len(other))
    return one[len(one) - common :] == other[len(other) - common :]

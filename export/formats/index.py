"""objects.json: for formats that number nothing, which image and which annotations each of their files stands for.

`{"<file>": {"image": 1, "file_name": "a.jpg", "size": [h, w], "split": "train", "ids": [..]}}`: ids in the order of the
file's lines or numbers. Other tools pass it by; without it our readers number anew. One entry is one line.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.dataset import ImageRecord, Instance
from export.files import Files
from export.reading import Problems
from export.reading.fields import items, text, whole
from export.reading.streaming import Document
from export.spool import Spool, named

PATH = "objects.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """What one file stands for."""

    image: int
    file_name: str
    height: int
    width: int
    split: str = ""
    ids: Sequence[int] = ()


@dataclass(slots=True)
class Index:
    """Grows while files are written, on disk."""

    _entries: Spool = field(default_factory=Spool)

    def add(self, file: str, image: ImageRecord, instances: Sequence[Instance]) -> None:
        """Notes what `file` stands for."""
        entry = {"image": image.id, "file_name": image.file_name, "size": [image.height, image.width]}
        split = {"split": image.split} if image.split else {}
        entry |= split | {"ids": [instance.id for instance in instances]}
        self._entries.add(f"{dump_json(file)}:{dump_json(entry)}")

    def write(self, archive: ArchiveWriter) -> None:
        """Adds objects.json to the archive."""
        archive.add(PATH, self._entries.document("{", "}"))


def replayed(archive: ArchiveReader) -> Iterator[tuple[str, Entry]]:
    """Every entry of an archive that was written here, in order. Raises ArchiveError and ValueError."""
    with archive.open(PATH) as lines:
        for file, raw in named(lines):
            yield file, _entry(raw)


def read_index(files: Files, problems: Problems) -> dict[str, Entry]:
    """The entries by file; none where there is no objects.json, or none that is ours."""
    found: dict[str, Entry] = {}
    if PATH not in files.paths():
        return found
    with problems.of(PATH):
        for file, raw in Document(files, PATH).members():
            with problems.of(PATH, file):
                found[file] = _entry(raw)
    return found


def _entry(raw: Any) -> Entry:
    height, width = (whole(side) for side in items(raw["size"], "size"))
    ids = array("q", [whole(one) for one in items(raw["ids"], "ids")])  # of a million, eight megabytes
    return Entry(whole(raw["image"]), text(raw["file_name"]), height, width, str(raw.get("split", "")), ids)

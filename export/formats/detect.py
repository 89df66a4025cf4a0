"""Which format files are in, from their names and the first keys of their JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from export.archive import ArchiveError
from export.files import Files
from export.reading.pictures import SUFFIXES

_PEEK = 1 << 18
_LOOKED_AT = 50
"""JSON and XML files that are opened; the first of them decide."""

_BY_PATH = (
    ("cityscapes", re.compile(r"_gtFine_(labelIds|instanceIds)\.png$")),
    ("voc", re.compile(r"(^|/)SegmentationClass/.*\.png$")),
    ("semantic", re.compile(r"(^|/)semantic/.*\.png$")),
    ("instances", re.compile(r"(^|/)instances/.*\.png$")),
    ("imagefolder", re.compile(r"(^|/)metadata\.jsonl$")),
    ("parquet", re.compile(r"\.parquet$")),
    ("fiftyone", re.compile(r"(^|/)samples\.json$")),
    ("cutouts", re.compile(r"(^|/)cutouts\.json$")),
)
_TRACKED = re.compile(r"(^|/)instances/(.+/)?\d{4}/\d{6}\.png$")
_BY_JSON = (
    ("panoptic", ('"segments_info"',)),
    ("labelme", ('"shapes"', '"imagePath"')),
    ("supervisely", ('"classTitle"',)),
    ("supervisely", ('"objects"', '"size"', '"tags"')),
    ("darwin", ('"item"', '"slots"')),
    ("datumaro", ('"categories"', '"items"')),
    ("labelstudio", ('"from_name"',)),
    ("labelstudio", ('"data"', '"annotations"')),
    ("sa1b", ('"image":', '"annotations"')),
    ("coco", ('"images"',)),
    ("coco", ('"annotations"',)),
)
_BY_XML = (("cvat", "<annotations"), ("voc", "<annotation"))


def detect(files: Files) -> str:
    """The format's name. Raises ArchiveError when it cannot be told."""
    paths = files.paths()
    for name, pattern in _BY_PATH:
        if any(pattern.search(path) for path in paths):
            return "mots" if name == "instances" and _has_tracks(paths) else name
    for kind, tell in ((".json", _of_json), (".xml", _of_xml)):
        chosen = [path for path in paths if path.endswith(kind) and PurePosixPath(path).name != "manifest.json"]
        for path in chosen[:_LOOKED_AT]:
            with files.open(path) as file:
                name = tell(file.read(_PEEK).decode("utf-8", "replace"))
            if name:
                return name
    if any(path.endswith(".csv") for path in paths):
        return "csv"
    if any(path.endswith(".txt") for path in paths):
        return "yolo"
    if any(PurePosixPath(path).suffix.lower() in SUFFIXES for path in paths):
        return "imagefolder"
    raise ArchiveError("It cannot be told what format this is. Name it with --from.")


def _has_tracks(paths: Sequence[str]) -> bool:
    """Whether the label maps of objects are frames with tracks: by our own files, else by how others name theirs."""
    names = {PurePosixPath(path).name for path in paths}
    others = "instances.json" not in names and any(_TRACKED.search(path) for path in paths)
    return "tracks.json" in names or others


def _of_json(start: str) -> str:
    return next((name for name, keys in _BY_JSON if all(key in start for key in keys)), "")


def _of_xml(start: str) -> str:
    return next((name for name, tag in _BY_XML if re.search(tag + r"[\s>]", start)), "")

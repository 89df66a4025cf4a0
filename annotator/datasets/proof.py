"""The proof of an export: read the finished file again and compare every mask with the database. Where the file has run
lengths they are compared as text: what is spelled alike is the same mask, and what the database has was checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import QuerySet, Sum

from annotator.annotations.models import Annotation
from annotator.datasets.bridge import Frozen, Instances, rle_of
from annotator.datasets.lines import raw
from annotator.datasets.suggested import NOT_REVISED, suggested_masks
from annotator.projects.models import Image
from export import ArchiveReader, Dataset, Report, Rle
from export.formats import Format

_CHUNK = 500
_MOST_OTHERS = 2


class ProofFailed(Exception):
    """The file is not what the database holds; the message says where."""


def prove(path: Path, kind: Format, dataset: Dataset, report: Report) -> dict[str, Any]:
    """Check every mask against the snapshot and the live row, and every file's hash. Returns the numbers.

    Raises ProofFailed. Masks the report names as altered are not expected to be equal; annotations that people changed
    since the snapshot are compared with the snapshot only."""
    numbers = {"compared": 0, "altered": 0, "left_out": 0, "changed_since": 0}
    with path.open("rb") as file, ArchiveReader(file, hashed=True) as archive:
        replayed = kind.replay(archive)
        written = next(replayed, None)
        for frozen, live in _with_live_rows(dataset):
            numbers["changed_since"] += live is None
            if live is not None and not _is_same(live, frozen.rle):
                raise ProofFailed(f"Object {frozen.key} is not what the snapshot holds.")
            if written is None or written[0] != frozen.number:
                if frozen.number not in report.altered:
                    raise ProofFailed(f"Object {frozen.key} is missing from the file.")
                numbers["left_out"] += 1
                continue
            if frozen.number in report.altered:
                numbers["altered"] += 1
            elif written[1] != frozen.rle:
                raise ProofFailed(f"Object {frozen.key} has another mask in the file than in the database.")
            else:
                numbers["compared"] += 1
            written = next(replayed, None)
        if written is not None:
            raise ProofFailed(f"The file holds an object ({written[0]}) that the snapshot does not.")
        archive.verify()
    return numbers | {"files": len(archive.paths())}


def _with_live_rows(dataset: Dataset) -> Iterator[tuple[Frozen, str | None]]:
    """Each object with the mask its row has now, as JSON, or None when somebody changed or deleted the row since."""
    if not isinstance(dataset.instances, Instances):
        raise TypeError("A proof needs a data set that was made from a snapshot.")
    frozen = dataset.instances.frozen()
    while chunk := list(islice(frozen, _CHUNK)):
        seen = {_bare(one.key): one.revision for one in chunk}
        rows = _rows(chunk).values_list(raw("id"), "revision", raw("rle"))
        named = ((_bare(key), revision, mask) for key, revision, mask in rows)
        live = {key: mask for key, revision, mask in named if seen.get(key) == revision}
        live |= suggested_masks(key for key, revision in seen.items() if revision == NOT_REVISED)
        yield from zip(chunk, map(live.get, seen), strict=True)


def _rows(chunk: list[Frozen]) -> QuerySet[Annotation]:
    """The live rows of these, and perhaps others: all of an image are asked for quicker than some of them by name."""
    images = {one.image for one in chunk}
    there = Image.with_bin.filter(pk__in=images).aggregate(there=Sum("object_count"))["there"] or 0
    rows = Annotation.objects.filter(deleted_at=None)
    if there <= _MOST_OTHERS * len(chunk):
        return rows.filter(image_id__in=images)
    return rows.filter(pk__in=[one.key for one in chunk])


def _bare(key: object) -> str:
    """An id as all databases spell it."""
    return str(key).replace("-", "")


def _is_same(stored: str, mask: Rle) -> bool:
    """Whether a mask as the database has it, in JSON, is this one."""
    height, width = mask.size
    counts = mask.counts.replace("\\", "\\\\")
    if stored == f'{{"size": [{height}, {width}], "counts": "{counts}"}}':  # as both databases write it
        return True
    return rle_of(json.loads(stored)) == mask

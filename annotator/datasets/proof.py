"""The proof of an export: read the finished file again, decode every mask and compare it with the database."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from annotator.annotations.models import Annotation
from annotator.datasets.bridge import Instances, rle_of
from annotator.datasets.suggested import NOT_REVISED, suggested_masks
from export import ArchiveReader, Dataset, Instance, Report
from export.formats import Format

_CHUNK = 500


class ProofFailed(Exception):
    """The file is not what the database holds; the message says where."""


def prove(path: Path, kind: Format, dataset: Dataset, report: Report) -> dict[str, Any]:
    """Check every file's hash, and every mask against the snapshot and the live row. Returns the numbers.

    Raises ProofFailed. Masks the report names as altered are not expected to be equal; annotations that people changed
    since the snapshot are compared with the snapshot only."""
    numbers = {"compared": 0, "altered": 0, "left_out": 0, "changed_since": 0}
    with path.open("rb") as file, ArchiveReader(file) as archive:
        archive.verify()
        replayed = kind.replay(archive)
        written = next(replayed, None)
        for instance, live in _with_live_rows(dataset):
            numbers["changed_since"] += live is None
            if live is not None and rle_of(live) != instance.rle:
                raise ProofFailed(f"Object {instance.key} is not what the snapshot holds.")
            if written is None or written[0] != instance.id:
                if instance.id not in report.altered:
                    raise ProofFailed(f"Object {instance.key} is missing from the file.")
                numbers["left_out"] += 1
                continue
            if instance.id in report.altered:
                numbers["altered"] += 1
            elif written[1] != instance.rle:
                raise ProofFailed(f"Object {instance.key} has another mask in the file than in the database.")
            else:
                numbers["compared"] += 1
            written = next(replayed, None)
        if written is not None:
            raise ProofFailed(f"The file holds an object ({written[0]}) that the snapshot does not.")
    return numbers | {"files": len(archive.paths())}


def _with_live_rows(dataset: Dataset) -> Iterator[tuple[Instance, dict[str, Any] | None]]:
    """Each instance with the mask its row has now, or None when somebody changed or deleted the row since."""
    if not isinstance(dataset.instances, Instances):
        raise TypeError("A proof needs a data set that was made from a snapshot.")
    frozen = dataset.instances.with_revisions()
    while chunk := list(islice(frozen, _CHUNK)):
        seen = {instance.key: revision for instance, revision in chunk}
        rows = Annotation.objects.filter(pk__in=list(seen), deleted_at=None).values_list("pk", "revision", "rle")
        live = {str(pk): mask for pk, revision, mask in rows if seen[str(pk)] == revision}
        live |= suggested_masks(key for key, revision in seen.items() if revision == NOT_REVISED)
        for instance, _ in chunk:
            yield instance, live.get(instance.key)

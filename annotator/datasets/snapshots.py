"""Freezing a project's annotations into one blob, and reading it.

The blob is gzipped JSON lines: a head (project, labels, model versions), then every image, each followed by its
annotations from the lowest to the highest. It holds no time and no counter of its own, so the same state is the same
blob. Annotations are read by one query: what that query saw is the state.
"""

from __future__ import annotations

import gzip
import json
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet

from annotator.accounts.models import User
from annotator.datasets.groups import groups_of
from annotator.datasets.lines import Row, id_of, id_text, line_of, rows_of
from annotator.datasets.models import Placed, Snapshot
from annotator.datasets.parts import Balance, Division, Split, divide
from annotator.datasets.queries import origin_of
from annotator.datasets.selection import Selection
from annotator.datasets.suggested import SUGGESTED, suggested_rows, without_repetitions
from annotator.inference.models import ModelVersion
from annotator.lib import storage
from annotator.lib.scratch import work_folder
from annotator.projects.models import Image, ImageTag, Project
from annotator.projects.models.image import IN_ORDER
from export.behind import Behind
from export.spool import in_batches, parsed

FORMAT = "maskwright-snapshot/1"
T = TypeVar("T")
_CHUNK = 500
_LEVEL = 4
"""Of gzip: half the time of the usual 6, for 3 % more bytes of run lengths. Part of a snapshot's hash, so it stays."""
_IMAGE = ("id", "name", "folder", "sha256", "media_type", "width", "height")


@dataclass(slots=True)
class _Counts:
    images: int = 0
    annotations: int = 0
    unlabelled: int = 0
    suggestions: int = 0
    model_versions: set[uuid.UUID] = field(default_factory=set)

    def add(self, row: Row) -> None:
        self.annotations += 1
        self.unlabelled += row.label_id is None
        if row.model_version_id:
            self.model_versions.add(id_of(row.model_version_id))

    def add_suggested(self, row: Mapping[str, Any]) -> None:
        self.annotations += 1
        self.suggestions += 1
        if row["model_version_id"]:
            self.model_versions.add(row["model_version_id"])


@dataclass(frozen=True, slots=True)
class Wish:
    """What to freeze: which images and objects, divided how (None: not at all), and under which name."""

    selection: Selection = field(default_factory=Selection)
    split: Split | None = None
    name: str = ""
    note: str = ""


@dataclass(slots=True)
class _Divided:
    """The parts that images are in, and what is counted of them."""

    split: Split | None
    division: Division | None = None
    balance: Balance = field(default_factory=Balance)

    def part_of(self, image: uuid.UUID) -> str:
        return self.division.parts.get(image, "") if self.division else ""


def freeze(
    project: Project, by: User | None, progress: Callable[[float], None] = lambda share: None, wish: Wish | None = None
) -> Snapshot:
    """Freeze the project's live annotations, or what is wished of them. A state frozen before gives the snapshot there
    is, which gets the name wished unless it has one.

    Near-duplicates are told by the fingerprints there are. Whatever `progress` (told the share done) raises stops it,
    with nothing kept."""
    wish = wish or Wish()
    with work_folder() as folder:
        body, whole = folder / "body.gz", folder / "snapshot.gz"
        counts, divided = _Counts(), _Divided(wish.split)
        with _gzip(body) as file, Behind(file.write) as out:
            _Body(project, wish, counts, divided).write(out, progress)
        head = _head(project, counts, wish)
        with whole.open("wb") as target:
            with gzip.GzipFile("", "wb", _LEVEL, target, mtime=0) as out:
                out.write(line_of(head))
            with body.open("rb") as source:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
        sha256 = storage.put_file(whole)
        values: dict[str, Any] = {
            "images": counts.images,
            "annotations": counts.annotations,
            "bytes": whole.stat().st_size,
        }
    names = {label["id"]: label["name"] for label in head["labels"]} | {None: "", SUGGESTED: SUGGESTED}
    report = divided.balance.report(names, wish.split, divided.division)
    values |= {"report": report, "selection": wish.selection.to_json(), "created_by": by}
    return _kept(project, sha256, values, wish)


def _kept(project: Project, sha256: str, values: dict[str, Any], wish: Wish) -> Snapshot:
    """The row of a state; a name that another state got meanwhile is left out."""
    taken = wish.name and Snapshot.objects.filter(project=project, name__iexact=wish.name).exists()
    named = {} if taken or not wish.name else {"name": wish.name, "note": wish.note}
    snapshot, made = Snapshot.objects.get_or_create(project=project, sha256=sha256, defaults=values | named)
    if named and not made and not snapshot.name:
        Snapshot.objects.filter(pk=snapshot.pk, name="").update(**named, created_by=values["created_by"])
        snapshot.refresh_from_db()
    return snapshot


def fetch(snapshot: Snapshot, folder: Path) -> Path:
    """Unpack the snapshot's blob into a folder, for the storage may be far away and an export reads it several times.

    Returns the file. Raises FileNotFoundError."""
    path = folder / "snapshot.jsonl"
    with storage.open_blob(snapshot.sha256) as blob, gzip.open(blob) as lines, path.open("wb") as out:
        shutil.copyfileobj(lines, out, 1 << 20)
    return path


def read_head(path: Path) -> dict[str, Any]:
    """Return the head of a fetched snapshot: project, labels, model versions."""
    with path.open("rb") as lines:
        head: dict[str, Any] = json.loads(lines.readline())
        return head


def read_body(path: Path) -> Iterator[dict[str, Any]]:
    """Yield {"image": …} and {"annotation": …} of a fetched snapshot, in order, as a stream."""
    with path.open("rb") as lines:
        lines.readline()
        for batch in in_batches(lines):
            yield from parsed(batch)


def read_images(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the images of a fetched snapshot, in order; what is on them is passed over unread."""
    with path.open("rb") as lines:
        for batch in in_batches(lines):
            yield from (one["image"] for one in parsed(line for line in batch if line.startswith(b'{"image":')))


@contextmanager
def _gzip(path: Path) -> Iterator[gzip.GzipFile]:
    with path.open("wb") as target, gzip.GzipFile("", "wb", _LEVEL, target, mtime=0) as out:
        yield out


class _Body:
    """Writes images and what is on them."""

    def __init__(self, project: Project, wish: Wish, counts: _Counts, divided: _Divided) -> None:
        self._project, self._selection = project, wish.selection
        self._counts, self._divided = counts, divided

    def write(self, out: Behind, progress: Callable[[float], None]) -> None:
        """Write all lines but the head."""
        before = set(self._images().values_list("pk", flat=True))
        annotations = self._annotations()
        first = list(islice(annotations, 1))
        # Chosen before the annotations' query ran and still after it: none seems empty that only came in between, and
        # only one that went in between can be missing.
        images = [row for row in self._images().order_by(*IN_ORDER).values(*_IMAGE, "notes") if row["id"] in before]
        self._divide(images)
        tags = self._tags()
        known = {image["id"] for image in images}
        objects = _ByImage(chain(first, annotations), lambda row: id_of(row.image_id), known)
        machines = suggested_rows(self._project) if self._selection.suggestions else iter(())
        suggested = _ByImage(machines, itemgetter("image_id"), known)
        for image in images:
            part = self._divided.part_of(image["id"])
            del image["notes"]
            told = {"split": part, "tags": tags.get(image["id"])}
            out.write(line_of({"image": _plain(image) | {name: value for name, value in told.items() if value}}))
            rows, proposed = objects.take(image["id"]), suggested.take(image["id"])
            if proposed and rows:
                proposed = without_repetitions(proposed, [json.loads(row.rle) for row in rows])
            out.write(b"".join([row.line() for row in rows]))
            out.write(b"".join([line_of({"annotation": _plain(row)}) for row in proposed]))
            for row in rows:
                self._counts.add(row)
            for one in proposed:
                self._counts.add_suggested(one)
            labels = [id_text(row.label_id) for row in rows]
            self._divided.balance.add(part, [*labels, *[SUGGESTED] * len(proposed)])
            self._counts.images += 1
            progress(self._counts.images / len(images))

    def _images(self) -> QuerySet[Image]:
        return self._selection.images(self._project)

    def _tags(self) -> dict[uuid.UUID, list[str]]:
        """The names of each image's tags, in order; images without one are left out."""
        found: dict[uuid.UUID, list[str]] = {}
        rows = ImageTag.objects.filter(image__project=self._project).order_by("image", "tag__name", "tag")
        for image, name in rows.values_list("image", "tag__name"):
            found.setdefault(image, []).append(name)
        return found

    def _annotations(self) -> Iterator[Row]:
        """By image in the images' order: one query, read in pieces."""
        chosen = self._selection.objects(self._project)
        return rows_of(chosen.order_by("image__place", "image_id", "z_order", "created", "id"), _CHUNK)

    def _divide(self, images: list[dict[str, Any]]) -> None:
        split = self._divided.split
        if split is None:
            return
        placed = dict(Placed.objects.filter(image__project=self._project).values_list("image_id", "part"))
        groups = groups_of(self._project, images, self._selection, split.groups)
        here = {image["id"] for image in images}
        chosen = {image: part for image, part in placed.items() if image in here}
        self._divided.division = divide(images, groups, split, chosen)


class _ByImage(Generic[T]):
    """Rows that come ordered by image, taken image by image in the same order; those of unknown images are left out."""

    def __init__(self, rows: Iterable[T], image_of: Callable[[T], uuid.UUID], known: set[uuid.UUID]) -> None:
        self._groups = ((image, group) for image, group in groupby(rows, image_of) if image in known)
        self._next = next(self._groups, None)

    def take(self, image: uuid.UUID) -> list[T]:
        if self._next is None or self._next[0] != image:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows


def _head(project: Project, counts: _Counts, wish: Wish) -> dict[str, Any]:
    labels = project.labels.order_by("order", "name", "id").values("id", "name", "color", "number")
    used = ModelVersion.objects.filter(pk__in=counts.model_versions).order_by("id")
    versions = used.values("id", "name", "version", "sha256", "encoder_sha256")
    return {
        "format": FORMAT,
        "project": {"id": str(project.pk), "name": project.name, "description": project.description},
        "labels": [_plain(label) for label in labels],
        "model_versions": [_plain(version) for version in versions],
        "images": counts.images,
        "annotations": counts.annotations,
        "unlabelled": counts.unlabelled,
        "suggestions": counts.suggestions,
        "selection": wish.selection.to_json(),
        "split": wish.split.to_json() if wish.split else None,
        "origin": origin_of(project),
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix("_id"): str(value) if isinstance(value, uuid.UUID) else value for name, value in row.items()
    }

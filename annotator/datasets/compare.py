"""What became of one snapshot in another: two streams, met in a small database of their own on the disk, so that memory
stays the same however many objects there are."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.datasets import snapshots
from export import rle

PICTURED = 300
"""Of how many images the masks are kept for a picture."""
MOST_OBJECTS = 60
"""And of how many objects on each."""
_TABLES = """
create table images (side, id, place, path, width, height, part);
create table objects (side, id, image, label, digest blob, primary key (side, id)) without rowid;
"""
_CHANGES = """
select 'added' as what, a.image, a.id, a.label from objects a left join objects b on b.side = 0 and b.id = a.id
 where a.side = 1 and b.id is null
union all
select 'removed', b.image, b.id, b.label from objects b left join objects a on a.side = 1 and a.id = b.id
 where b.side = 0 and a.id is null
union all
select 'changed', a.image, a.id, a.label from objects a join objects b on b.side = 0 and b.id = a.id
 where a.side = 1 and a.digest <> b.digest
"""
# Those that are in the later one, in its order; then those that went.
_IMAGES = """
select i.id, i.path, i.width, i.height, case when o.id is null then case i.side when 1 then 'added' else 'removed' end
 else 'kept' end, total(n.what = 'added'), total(n.what = 'removed'), total(n.what = 'changed')
 from images i left join images o on o.side = 1 - i.side and o.id = i.id left join changes n on n.image = i.id
 where i.side = 1 or o.id is null
 group by i.id having count(n.what) > 0 or o.id is null order by 1 - i.side, i.place
"""
ASPECTS = {"rle": "mask", "label": "label", "attributes": "attributes", "z_order": "order"}
"""What of an object is compared, with the word for it."""


@dataclass(slots=True)
class Differing:
    """An image on which the snapshots differ, with counts, and the objects for its picture."""

    image: str
    path: str
    width: int
    height: int
    kind: str
    added: int
    removed: int
    changed: int
    objects: list[dict[str, Any]] = field(default_factory=list)


class Meeting:
    """Both snapshots, fetched to files, side by side. To be closed."""

    def __init__(self, folder: Path, before: Path, after: Path) -> None:
        self._files = (before, after)
        self._heads = tuple(snapshots.read_head(path) for path in self._files)
        self._db = sqlite3.connect(folder / "compare.sqlite3", isolation_level=None)
        # Lost with its folder anyway.
        self._db.executescript("pragma journal_mode = off; pragma synchronous = off; begin;" + _TABLES)

    def __enter__(self) -> Meeting:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def load(self, progress: Callable[[float], None]) -> None:
        """Read both. `progress` is told the share done."""
        whole = sum(head["images"] for head in self._heads) or 1
        read = 0
        for side, path in enumerate(self._files):
            image = ""
            for line in snapshots.read_body(path):
                if "image" in line:
                    image, read = line["image"]["id"], read + 1
                    self._db.execute(
                        "insert into images values (?, ?, ?, ?, ?, ?, ?)", _image(side, read, line["image"])
                    )
                    progress(read / whole)
                else:
                    row = line["annotation"]
                    found = (side, row["id"], image, row["label"], _digest(row))
                    self._db.execute("insert into objects values (?, ?, ?, ?, ?)", found)
        self._db.executescript(
            f"create temp table changes as {_CHANGES}; create index temp.by_image on changes (image);"
            "create index image_by_id on images (id, side);"
        )

    def report(self) -> dict[str, Any]:
        """Return the numbers: images, objects, objects by label, images that changed their part."""
        sides = [self._one("select count(*) from objects where side = ?", side) for side in (0, 1)]
        images = [self._one("select count(*) from images where side = ?", side) for side in (0, 1)]
        kept = self._one("select count(*) from images a join images b on b.side = 0 and b.id = a.id where a.side = 1")
        changes = dict(self._db.execute("select what, count(*) from changes group by what").fetchall())
        counts = {what: changes.get(what, 0) for what in ("added", "removed", "changed")}
        return {
            "images": {
                "before": images[0], "after": images[1], "added": images[1] - kept, "removed": images[0] - kept,
                "moved_part": self._one("select count(*) from images a join images b on b.side = 0 and b.id = a.id "
                                        "where a.side = 1 and a.part <> b.part"),
            },
            "objects": {"before": sides[0], "after": sides[1], "same": sides[1] - counts["added"] - counts["changed"]}
            | counts,
            "labels": self._labels(),
        }  # fmt: skip

    def differing(self) -> Iterator[Differing]:
        """Yield every image that differs, the first of them with their objects."""
        with closing(self._db.cursor()) as rows:
            rows.execute(_IMAGES)
            first = [Differing(*_whole(row)) for row in rows.fetchmany(PICTURED)]
            self._add_objects(first)
            yield from first
            for row in rows:
                yield Differing(*_whole(row))

    def _one(self, query: str, *values: Any) -> int:
        return int(self._db.execute(query, values).fetchone()[0])

    def _labels(self) -> list[dict[str, Any]]:
        rows = self._db.execute("select label, what, count(*) from changes group by label, what").fetchall()
        names = [(one["id"], one["name"]) for one in self._heads[1]["labels"]]
        names += [pair for one in self._heads[0]["labels"] if (pair := (one["id"], one["name"])) not in names]
        known = {key for key, _ in names}
        names = [pair for at, pair in enumerate(names) if pair[0] not in {key for key, _ in names[:at]}]
        found = []
        for key, name in [*names, (None, "")]:
            counts = {what: count for label, what, count in rows if (label if label in known else None) == key}
            if counts:
                found.append({"name": name, "added": 0, "removed": 0, "changed": 0} | counts)
        return found

    def _add_objects(self, images: list[Differing]) -> None:
        by_id = {image.image: image for image in images}
        wanted: dict[str, dict[str, Any]] = {}
        for what, image, key, _ in self._db.execute("select * from changes order by image, what, id"):
            kept = by_id.get(image)
            if kept is not None and len(kept.objects) < MOST_OBJECTS:
                kept.objects.append({"id": key, "what": what})
                wanted[key] = kept.objects[-1]
        for side, path in zip(("before", "after"), self._files, strict=True):
            names = {one["id"]: one["name"] for one in snapshots.read_head(path)["labels"]}
            for line in snapshots.read_body(path):
                row = line.get("annotation")
                if row is not None and row["id"] in wanted:
                    wanted[row["id"]][side] = {name: row[name] for name in ASPECTS} | {
                        "bbox": _box(row["rle"]), "name": names.get(row["label"], "")
                    }  # fmt: skip
        for entry in wanted.values():
            if entry["what"] == "changed":
                old, new = entry["before"], entry["after"]
                entry["aspects"] = [word for name, word in ASPECTS.items() if old[name] != new[name]]


def _whole(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:5], *(int(count) for count in row[5:]))


def _image(side: int, place: int, image: Mapping[str, Any]) -> tuple[Any, ...]:
    path = f"{image['folder']}/{image['name']}" if image.get("folder") else image["name"]
    return side, image["id"], place, path, image["width"], image["height"], image.get("split", "")


def _digest(row: Mapping[str, Any]) -> bytes:
    compared = json.dumps([row[name] for name in ASPECTS], sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(compared.encode(), digest_size=16).digest()


def _box(stored: Mapping[str, Any]) -> list[int]:
    height, width = stored["size"]
    return [int(side) for side in rle.bbox(rle.Rle((height, width), stored["counts"]))]

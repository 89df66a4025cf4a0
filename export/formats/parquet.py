"""Parquet as Hugging Face `datasets` loads it: data/<split>-00000-of-00001.parquet; "train" where nothing is divided.

- A row per image, with the columns that the image folder has (`export/formats/imagefolder.py`): `file_name`, `width`,
  `height`, `tags`, `objects`, `maskwright`; `category` is a ClassLabel, null for none. With pictures also `image`, a
  struct of their `bytes` and `path`.
- What the columns mean to `datasets` stands in the schema's metadata. Written row group by row group.
- Needs pyarrow. The same data set is the same file with the same version of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

from export import rle
from export.archive import ArchiveReader, ArchiveWriter, dump_json
from export.dataset import Dataset, ImageRecord
from export.formats.base import DEFAULT, Format, Report, WriteOptions, is_writable, splits_of, within
from export.formats.imagefolder import OWN, card, line_of
from export.formats.painting import by_image
from export.formats.parquet_reader import read_parquet
from export.names import unique_names

RULES: dict[str, str] = {}
GROUP_ROWS, GROUP_OBJECTS, GROUP_BYTES = 1000, 5000, 1 << 24
"""A row group ends with the row that reaches one of them."""


def write(dataset: Dataset, archive: ArchiveWriter, options: WriteOptions = DEFAULT) -> Report:
    """Writes a file per split as a stream, the images in it when asked for. Raises ImportError without pyarrow."""
    report = Report(RULES, categories=len(dataset.categories))
    splits = splits_of(dataset)
    plain = unique_names(re.sub(r"\W+", "_", split) or "train" for split in splits)
    for split, name in zip(splits, plain, strict=True):
        part = within(dataset, split) if len(splits) > 1 else dataset
        archive.add(f"data/{name}-00000-of-00001.parquet", _file(part, options, report))
    archive.add("README.md", card(dataset))
    return report


def replay(archive: ArchiveReader) -> Iterator[tuple[int, rle.Rle]]:
    """Each annotation's id and mask, row group by row group."""
    from pyarrow import parquet

    for path in archive.paths():
        if not path.endswith(".parquet"):
            continue
        with TemporaryFile() as file:  # the format is read from its end
            for chunk in archive.chunks(path):
                file.write(chunk)
            found = parquet.ParquetFile(file)
            for group in range(found.num_row_groups):
                for row in found.read_row_group(group, columns=["width", "height", "objects"]).to_pylist():
                    for key, counts in zip(row["objects"]["id"], row["objects"]["rle"], strict=True):
                        mask = {"size": [row["height"], row["width"]], "counts": counts}
                        yield key, rle.unread(mask, row["height"], row["width"])


FORMAT = Format(
    "parquet",
    "Parquet",
    "Hugging Face `datasets` as Parquet, pictures inside; nothing is lost.",
    write,
    replay,
    read_parquet,
    RULES,
    OWN,
    needs=("pyarrow", "parquet"),
)


class _Sink:
    """A file for pyarrow whose bytes are taken away as they come."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> int:
        """Takes any buffer."""
        self._pieces.append(bytes(data))
        self._size += len(self._pieces[-1])
        return len(self._pieces[-1])

    def tell(self) -> int:
        """Bytes written so far."""
        return self._size

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        """What came since the last time."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def _file(part: Dataset, options: WriteOptions, report: Report) -> Iterator[bytes]:
    import pyarrow
    from pyarrow import parquet

    sink, schema = _Sink(), _schema(part, with_pictures=options.read_image is not None)
    target = pyarrow.PythonFile(sink, mode="w")
    with parquet.ParquetWriter(target, schema, compression="zstd", use_dictionary=False) as writer:
        for rows in _groups(part, options, report):
            writer.write_table(pyarrow.Table.from_pylist(rows, schema), row_group_size=GROUP_ROWS)
            yield sink.taken()
    yield sink.taken()


def _groups(part: Dataset, options: WriteOptions, report: Report) -> Iterator[list[dict[str, Any]]]:
    numbers = {one.id: number for number, one in enumerate(part.categories)}
    rows: list[dict[str, Any]] = []
    objects = size = 0
    for image, instances in by_image(part, options):
        kept = [item for item in instances if is_writable(item, report, needs_category=False)]
        row = line_of(image, kept, numbers)
        row["objects"]["category"] = [None if label == -1 else label for label in row["objects"]["category"]]
        row |= _picture(image, options)
        rows.append(row)
        objects += len(kept)
        size += sum(len(item.rle.counts) for item in kept) + len(row.get("image", {}).get("bytes", b""))
        report.add_image(image)
        report.instances += len(kept)
        if len(rows) >= GROUP_ROWS or objects >= GROUP_OBJECTS or size >= GROUP_BYTES:
            yield rows
            rows, objects, size = [], 0, 0
    if rows:
        yield rows


def _picture(image: ImageRecord, options: WriteOptions) -> dict[str, Any]:
    if options.read_image is None:
        return {}
    return {"image": {"bytes": b"".join(options.read_image(image)), "path": image.file_name}}


def _schema(part: Dataset, *, with_pictures: bool) -> Any:
    """Columns for pyarrow, and for `datasets` what they mean."""
    import pyarrow as pa

    names = [one.name for one in part.categories]
    label = {"names": names, "_type": "ClassLabel"} if names else _value("int64")
    columns = {
        "file_name": (pa.string(), _value("string")),
        "width": (pa.int32(), _value("int32")),
        "height": (pa.int32(), _value("int32")),
        "tags": (pa.list_(pa.string()), _list(_value("string"))),
    }
    lists = {
        "id": (pa.int64(), _value("int64")),
        "bbox": (pa.list_(pa.float64(), 4), _list(_value("float64"), length=4)),
        "area": (pa.int64(), _value("int64")),
        "category": (pa.int64(), label),
        "rle": (pa.string(), _value("string")),
        "extra": (pa.string(), _value("string")),
    }
    objects = pa.struct([(name, pa.list_(kind)) for name, (kind, _) in lists.items()])
    columns["objects"] = (objects, {name: _list(meaning) for name, (_, meaning) in lists.items()})
    columns["maskwright"] = (pa.string(), _value("string"))
    if with_pictures:
        columns = {"image": (pa.struct([("bytes", pa.binary()), ("path", pa.string())]), {"_type": "Image"})} | columns
    features = {name: meaning for name, (_, meaning) in columns.items()}
    about = {"huggingface": dump_json({"info": {"features": features}})}
    return pa.schema([(name, kind) for name, (kind, _) in columns.items()], metadata=about)


def _value(kind: str) -> dict[str, Any]:
    return {"dtype": kind, "_type": "Value"}


def _list(feature: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"feature": feature} | more | {"_type": "Sequence"}

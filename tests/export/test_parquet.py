"""Parquet: what stands in the columns, in pieces, and what is said where pyarrow is missing."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from export import FORMATS, ArchiveReader, ArchiveWriter, Dataset, Instance, rle
from export.cli import main
from export.formats import base
from tests.export.conftest import archive_of, make_dataset
from tests.export.test_round_trips import photo


def table(archive: ArchiveReader, path: str = "data/train-00000-of-00001.parquet") -> Any:
    return parquet.ParquetFile(io.BytesIO(archive.read(path)))


def test_a_row_is_an_image_with_its_bytes_and_its_objects() -> None:
    dataset = make_dataset()
    *_, last = dataset.instances
    objects = (*dataset.instances, dataclasses.replace(last, id=99, category_id=None))
    archive, report = archive_of(
        FORMATS["parquet"].write, dataclasses.replace(dataset, instances=objects), read_image=photo
    )
    assert dict(report.lost) == {}
    rows = table(archive).read().to_pylist()
    assert [row["image"] for row in rows] == [
        {"bytes": photo(image)[0], "path": image.file_name} for image in dataset.images
    ]
    assert [(row["file_name"], row["width"], row["height"]) for row in rows] == [
        (image.file_name, image.width, image.height) for image in dataset.images
    ]
    found = rows[1]["objects"]
    there = [item for item in objects if item.image_id == 2]
    assert found["id"] == [item.id for item in there]
    assert found["category"] == [*(item.category_id - 1 for item in there[:-1] if item.category_id), None]
    assert found["bbox"] == [list(rle.bbox(item.rle)) for item in there]
    assert [rle.Rle((50, 37), counts) for counts in found["rle"]] == [item.rle for item in there]


def test_what_the_columns_mean_is_told_to_datasets() -> None:
    archive, _ = archive_of(FORMATS["parquet"].write, make_dataset(), read_image=photo)
    meaning = json.loads(table(archive).schema_arrow.metadata[b"huggingface"])["info"]["features"]
    assert meaning["image"] == {"_type": "Image"}
    assert meaning["objects"]["category"]["feature"] == {"names": ["Katze 猫", "dog & co"], "_type": "ClassLabel"}
    assert list(meaning) == table(archive).schema_arrow.names
    bare, _ = archive_of(FORMATS["parquet"].write, make_dataset())
    assert "image" not in table(bare).schema_arrow.names


def test_each_split_is_a_file_whatever_it_is_called() -> None:
    dataset = make_dataset()
    images = tuple(dataclasses.replace(i, split=s) for i, s in zip(dataset.images, ("a b", "a-b"), strict=True))
    archive, _ = archive_of(FORMATS["parquet"].write, dataclasses.replace(dataset, images=images))
    files = [path for path in archive.paths() if path.endswith(".parquet")]
    assert [table(archive, path).metadata.num_rows for path in files] == [1, 1]
    assert list(FORMATS["parquet"].replay(archive)) == [(item.id, item.rle) for item in dataset.instances]


def test_it_is_written_in_groups_of_rows_and_leaves_memory_with_each() -> None:
    dot = rle.from_runs((8, 9), [3, 1, 68])
    image, _ = make_dataset().images
    images = tuple(dataclasses.replace(image, id=n, file_name=f"{n}.png", width=9, height=8) for n in range(1, 31))
    objects = tuple(Instance(n, 1 + (n - 1) // 500, 1, dot) for n in range(1, 15_001))
    dataset = dataclasses.replace(make_dataset(), images=images, instances=objects)
    sizes: list[int] = []

    class Watched(ArchiveWriter):
        def add(self, path: str, chunks: Any) -> Any:
            def seen() -> Any:
                for chunk in chunks:
                    sizes.append(len(chunk))
                    yield chunk

            return super().add(path, seen() if path.endswith(".parquet") else chunks)

    target = io.BytesIO()
    with Watched(target) as archive:
        FORMATS["parquet"].write(dataset, archive)
    assert table(ArchiveReader(target)).num_row_groups == 3
    assert len(sizes) == 4  # the three, and what stands at the end
    assert len(list(FORMATS["parquet"].replay(ArchiveReader(target)))) == 15_000


def test_without_pyarrow_the_command_that_brings_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(base, "find_spec", lambda name: None)
    assert not FORMATS["coco"].lack()
    source, target = tmp_path / "a.zip", tmp_path / "b.zip"
    with source.open("wb") as file, ArchiveWriter(file) as archive:
        dataset: Dataset = make_dataset()
        FORMATS["coco"].write(dataset, archive)
    assert main(["convert", str(source), str(target), "--to", "parquet"]) == 2
    assert "pip install 'maskwright[parquet]'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]

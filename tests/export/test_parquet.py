"""Parquet: what stands in the columns, in pieces, and what is said where pyarrow is missing."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from export import FORMATS, ArchiveReader, ArchiveWriter, Dataset, Instance, rle
from export.cli import main
from export.formats import base
from export.reading import tables
from export.reading.tables import with_tables
from tests.export.conftest import archive_of, make_dataset
from tests.export.test_hostile import read, zipped
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


def foreign(rows: list[dict[str, Any]], features: Any = None, **options: Any) -> dict[str, bytes]:
    about = {"huggingface": json.dumps({"info": {"features": features}})} if features is not None else None
    target = io.BytesIO()
    made = pyarrow.Table.from_pylist(rows)
    parquet.write_table(made.replace_schema_metadata(about), target, **options)
    return {"data/test-00000-of-00001.parquet": target.getvalue()}


def test_boxes_of_other_tools_are_read_with_their_pictures_labels_and_split() -> None:
    image = make_dataset().images[1]
    picture = photo(image)[0]
    boxes = [{"bbox": [1.0, 2.0, 5.0, 6.0], "category": 1}, {"bbox": [0.0, 0.0, 3.0, 2.0], "category": None}]
    rows = [
        {"image": {"bytes": picture, "path": "b.png"}, "objects": boxes},
        {"image": {"bytes": picture, "path": None}, "objects": []},
    ]
    features = {"objects": {"_type": "List", "feature": {"category": {"_type": "ClassLabel", "names": ["cat", "dog"]}}}}
    files = with_tables(zipped(foreign(rows, features)))
    dataset, problems = read("parquet", files)
    assert problems == []
    assert [(one.file_name, one.split, files.read(one.path)) for one in dataset.images] == [
        ("b.png", "test", picture), ("1.png", "test", picture),
    ]  # fmt: skip
    assert [one.name for one in dataset.categories] == ["cat", "dog"]
    assert [(item.category_id, rle.bbox(item.rle), item.is_box) for item in dataset.instances] == [
        (2, (1, 2, 5, 6), True), (None, (0, 0, 3, 2), True),
    ]  # fmt: skip


def test_one_bad_row_costs_no_more_than_itself() -> None:
    good = {"file_name": "a.png", "width": 4, "height": 3, "objects": {"rle": ["0<"], "category": [0]}}
    worse = [
        good | {"file_name": "../../etc/passwd"}, good | {"file_name": "c", "width": -4}, good,
        good | {"file_name": "d", "objects": {"rle": ["~~"], "category": [0]}},
    ]  # fmt: skip
    dataset, problems = read("parquet", zipped(foreign([good, *worse])))
    assert [image.file_name for image in dataset.images] == ["a.png", "passwd", "d"]
    assert [problem.item for problem in problems] == ["row 3", "row 4", "d, object 1"]
    assert len(dataset.instances) == 2


def test_labels_that_nobody_named_are_called_by_their_numbers_and_odd_features_are_a_problem() -> None:
    rows = [{"file_name": "a.png", "width": 4, "height": 3, "objects": {"rle": ["0<"], "category": [7]}}]
    for features, count in ((None, 0), ([5], 1), ({"objects": {"_type": "ClassLabel", "names": 5}}, 1)):
        dataset, problems = read("parquet", zipped(foreign(rows, features)))
        assert [one.name for one in dataset.categories] == ["7"]
        assert len(problems) == count


def test_a_table_that_claims_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"file_name": f"{n}.png", "width": 4, "height": 3} for n in range(40)]
    monkeypatch.setattr(tables, "MAX_FILES", 30)
    dataset, problems = read("parquet", zipped(foreign(rows)))
    assert len(dataset.images) == 0
    assert "40 rows; 30 are the most" in str(problems[0])
    monkeypatch.setattr(tables, "MAX_FILES", 50)
    monkeypatch.setattr(tables, "MAX_READ", 100)
    _, problems = read("parquet", zipped(foreign(rows)))
    assert "group of rows of more than 100 bytes" in str(problems[0])


def test_rows_are_in_memory_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"file_name": f"{n}.png", "width": 4, "height": 3, "objects": {"rle": ["0<"]}} for n in range(100)]
    asked: list[int] = []
    batches = parquet.ParquetFile.iter_batches

    def watched(self: Any, size: int, **more: Any) -> Any:
        for batch in batches(self, size, **more):
            asked.append(batch.num_rows)
            yield batch

    monkeypatch.setattr(parquet.ParquetFile, "iter_batches", watched)
    dataset, problems = read("parquet", zipped(foreign(rows, row_group_size=1000)))
    assert (len(dataset.images), problems) == (100, [])
    assert max(asked) <= 16


def test_the_command_line_reads_a_table_alone_and_takes_its_pictures_along(tmp_path: Path) -> None:
    archive, _ = archive_of(FORMATS["parquet"].write, make_dataset(), read_image=photo)
    source, target = tmp_path / "train-00000-of-00001.parquet", tmp_path / "coco.zip"
    source.write_bytes(archive.read("data/train-00000-of-00001.parquet"))
    assert main(["validate", str(source)]) == 0
    assert main(["stats", str(source)]) == 0
    assert main(["convert", str(source), str(target), "--to", "coco"]) == 0
    with ArchiveReader(target) as made:
        again, problems = read("coco", made)
        assert problems == []
        assert [made.read(image.path) for image in again.images] == [photo(image)[0] for image in make_dataset().images]
    assert list(again.instances) == [*make_dataset().instances]


def test_without_pyarrow_the_command_that_brings_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(base, "find_spec", lambda name: None)
    assert not FORMATS["coco"].lack()
    source, target = tmp_path / "a.zip", tmp_path / "b.zip"
    with source.open("wb") as file, ArchiveWriter(file) as archive:
        dataset: Dataset = make_dataset()
        FORMATS["coco"].write(dataset, archive)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    assert main(["validate", str(tmp_path / "a.parquet")]) == 2
    assert "pip install 'maskwright[parquet]'" in capsys.readouterr().err
    (tmp_path / "a.parquet").unlink()
    assert main(["convert", str(source), str(target), "--to", "parquet"]) == 2
    assert "pip install 'maskwright[parquet]'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]

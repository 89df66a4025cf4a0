"""`python -m export` on archives that the library itself has written, and on broken ones."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from export import FORMATS, ArchiveReader, ArchiveWriter, Category, Dataset, ImageRecord, Instance, rle
from export.cli import main


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    """Two images, two labels, three objects; one of them has a hole."""
    mask = np.zeros((40, 60), bool)
    mask[5:25, 10:40] = True
    mask[10:15, 20:30] = False
    other = np.zeros((30, 30), bool)
    other[2:4, 3:8] = True
    dataset = Dataset(
        "Two",
        (ImageRecord(1, "a.png", 60, 40), ImageRecord(2, "b.png", 30, 30)),
        (Category(1, "boat"), Category(2, "buoy")),
        (
            Instance(1, 1, 1, rle.encode(mask)),
            Instance(2, 1, 2, rle.encode(~mask)),
            Instance(3, 2, 2, rle.encode(other)),
        ),
    )
    path = tmp_path / "two.zip"
    with path.open("wb") as file, ArchiveWriter(file) as target:
        FORMATS["coco"].write(dataset, target)
    return path


def test_every_format_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(FORMATS)


def test_a_sound_archive_is_valid(archive: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(archive)]) == 0
    assert "2 images, 3 objects, 2 labels" in capsys.readouterr().out


def test_what_is_wrong_is_said_and_the_exit_code_tells(
    archive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ArchiveReader(archive) as source:
        document = source.json(next(path for path in source.paths() if path.endswith(".json")))
    document["annotations"][1]["image_id"] = 77
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document))
    assert main(["validate", str(broken)]) == 1
    assert "there is no image 77" in capsys.readouterr().out


def test_a_changed_archive_is_refused(archive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed = tmp_path / "changed.zip"
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            extra = b" " if name != "manifest.json" else b""
            target.writestr(name, source.read(name) + extra)
    assert main(["stats", str(changed)]) == 2
    assert "not the file the manifest describes" in capsys.readouterr().err


def test_objects_are_counted_label_by_label(archive: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", str(archive)]) == 0
    rows = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines() if line.startswith("b")}
    assert rows == {"boat": ["1", "550.0"], "buoy": ["2", "930.0"]}


@pytest.mark.parametrize("name", list(FORMATS))
def test_converted_masks_are_those_of_the_source(archive: Any, tmp_path: Path, name: str) -> None:
    target = tmp_path / "out.zip"
    assert main(["convert", str(archive), str(target), "--to", name]) == 0
    with ArchiveReader(archive) as source, ArchiveReader(target) as result:
        result.verify()
        masks = dict(FORMATS["coco"].replay(source))
        kept = {key: mask for key, mask in FORMATS[name].replay(result) if "masks" not in FORMATS[name].rules}
        assert kept == {key: masks[key] for key in kept}


def test_pictures_come_along_and_losses_are_said(
    archive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(name.encode() * 1000)
    target = tmp_path / "out.zip"
    words = ["convert", str(archive), str(target), "--to", "coco", "--segmentation", "polygons"]
    assert main([*words, "--images", str(tmp_path)]) == 0
    with zipfile.ZipFile(target) as result:
        (name,) = (name for name in result.namelist() if name.endswith("b.png"))
        assert result.read(name) == b"b.png" * 1000
    assert "2 × holes" in capsys.readouterr().out


def test_nothing_is_overwritten_and_nothing_half_is_left(
    archive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = archive.read_bytes()
    assert main(["convert", str(archive), str(archive), "--to", "yolo"]) == 2
    assert archive.read_bytes() == before
    missing = tmp_path / "none"
    assert main(["convert", str(archive), str(tmp_path / "o.zip"), "--to", "coco", "--images", str(missing)]) == 2
    assert not list(tmp_path.glob("o.zip*"))


def test_a_folder_and_another_format_go_in_and_images_come_along(
    archive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, size in (("a.png", (60, 40)), ("b.png", (30, 30))):
        Image.new("RGB", size).save(tmp_path / name)
    cvat = tmp_path / "cvat.zip"
    assert main(["convert", str(archive), str(cvat), "--to", "cvat", "--images", str(tmp_path)]) == 0
    folder = tmp_path / "unpacked"
    zipfile.ZipFile(cvat).extractall(folder)
    target = tmp_path / "labelme.zip"
    assert main(["convert", str(folder), str(target), "--to", "labelme"]) == 0
    with ArchiveReader(target) as result, ArchiveReader(archive) as source:
        assert dict(FORMATS["labelme"].replay(result)) == dict(FORMATS["coco"].replay(source))
        assert result.read("labelme/a.png") == (tmp_path / "a.png").read_bytes()
    capsys.readouterr()
    assert main(["validate", str(folder)]) == 0
    assert "CVAT for images, 2 images, 3 objects" in capsys.readouterr().out


def test_a_format_that_cannot_be_told_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.bin").write_bytes(b"x")
    assert main(["stats", str(tmp_path)]) == 2
    assert "--from" in capsys.readouterr().err
    assert main(["stats", str(tmp_path), "--from", "voc"]) == 2
    assert "Nothing could be read as Pascal VOC" in capsys.readouterr().err


def test_problems_are_listed_with_file_item_and_reason_and_the_rest_is_written(
    archive: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ArchiveReader(archive) as source:
        document = source.json("annotations/instances_default.json")
    document["annotations"][0]["segmentation"] = [[1, 2, 3]]
    broken, target = tmp_path / "broken.json", tmp_path / "out.zip"
    broken.write_text(json.dumps(document))
    assert main(["convert", str(broken), str(target), "--to", "sa1b"]) == 1
    said = capsys.readouterr()
    assert "broken.json: annotations 1: a polygon needs at least three points" in said.err
    assert "2 objects" in said.out
    with ArchiveReader(target) as result:
        result.verify()


def test_what_each_format_holds_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["formats", "--losses"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(FORMATS) + 2


def test_a_file_or_folder_that_is_not_there_is_a_sentence(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", str(tmp_path / "nö file.zip")]) == 2
    assert capsys.readouterr().err == f"export: {tmp_path / 'nö file.zip'}: No such file or directory.\n"
    assert main(["convert", str(archive), str(tmp_path / "none" / "x.zip"), "--to", "voc"]) == 2
    assert capsys.readouterr().err == f"export: There is no folder {tmp_path / 'none'}.\n"

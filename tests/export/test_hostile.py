"""Files that somebody broke, or made to break us: every reader lists problems, and none raises."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from export import FORMATS, ArchiveError, ArchiveReader, Dataset, ImageRecord, rle, validate
from export.files import Folder, open_files
from export.reading import Problem
from export.reading.builder import Builder
from export.reading.shapes import of_box
from export.rle import MAX_TEXT, RleError
from tests.export.conftest import archive_of, make_dataset
from tests.export.test_round_trips import READABLE, SHAPES, data_set, photo


def zipped(files: dict[str, bytes]) -> ArchiveReader:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return ArchiveReader(target)


def read(name: str, files: Any) -> tuple[Dataset, list[Problem]]:
    """What the reader gives; whatever the files are, the data set is sound."""
    reader = FORMATS[name].read
    assert reader is not None
    dataset, problems = reader(files)
    assert validate(dataset) == []
    assert all(problem.reason for problem in problems)
    return dataset, problems


def written(name: str, dataset: Dataset, first: bytes = b"") -> dict[str, bytes]:
    """What the format writes; `first` stands in for the first image's file."""

    def picture(image: ImageRecord) -> list[bytes]:
        return [first] if first and image.id == 1 else photo(image)

    archive, _ = archive_of(FORMATS[name].write, dataset, read_image=picture)
    return {path: archive.read(path) for path in archive.paths() if path != "manifest.json"}


@pytest.mark.parametrize("name", READABLE)
def test_nothing_at_all_is_said(name: str) -> None:
    dataset, problems = read(name, zipped({"readme.md": b"hello"}))
    assert len(dataset.images) == 0
    assert len(problems) == 1


@pytest.mark.parametrize("name", READABLE)
def test_each_file_cut_short_or_of_another_kind_costs_no_more_than_itself(name: str) -> None:
    whole = written(name, data_set([SHAPES["two parts"], SHAPES["one pixel"]]))
    for path in whole:
        cut = whole[path][: len(whole[path]) // 2]
        for broken in (b"", cut, b"\xff\xfe\x00\x80" * 9, b"[]", b"{}", b"5", b"\x89PNG"):
            read(name, zipped(whole | {path: broken}))
        read(name, zipped({kept: data for kept, data in whole.items() if kept != path}))


@pytest.mark.parametrize("name", READABLE)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_bytes_changed_anywhere_never_break_it(name: str, data: st.DataObject) -> None:
    whole = written(name, data_set([SHAPES["two parts"]]))
    path = data.draw(st.sampled_from([path for path in whole if not path.startswith(("images/", "JPEG", "left"))]))
    content = bytearray(whole[path])
    for _ in range(data.draw(st.integers(1, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'0-9"[]{}<>,:e\xff\x00a'))
    read(name, zipped(whole | {path: bytes(content)}))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just(10**30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def replaced(value: Any, data: st.DataObject) -> Any:
    """One of the values inside, at any depth, becomes something else."""
    if isinstance(value, dict) and value and data.draw(st.booleans()) is not None:
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: replaced(value[key], data)}
    if isinstance(value, list) and value:
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], replaced(value[place], data), *value[place + 1 :]]
    return data.draw(JSON_VALUES)


@pytest.mark.parametrize("name", READABLE)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_json_with_another_value_anywhere_never_breaks_it(name: str, data: st.DataObject) -> None:
    dataset = make_dataset()
    archive, _ = archive_of(FORMATS[name].write, dataset)
    whole = {path: archive.read(path) for path in archive.paths() if path != "manifest.json"}
    documents = [path for path in whole if path.endswith((".json", ".jsonl"))]
    if not documents:
        return
    path = data.draw(st.sampled_from(documents))
    document = json.loads(whole[path].split(b"\n")[0] if path.endswith("l") else whole[path])
    changed = json.dumps(replaced(document, data)).encode()
    read(name, zipped(whole | {path: changed}))


@pytest.mark.parametrize("name", READABLE)
def test_an_image_of_another_size_is_a_problem_and_its_objects_stay_out(name: str) -> None:
    other = io.BytesIO()
    Image.new("RGB", (13, 17)).save(other, "PNG")
    dataset, problems = read(name, zipped(written(name, data_set([SHAPES["two parts"]]), first=other.getvalue())))
    if name.startswith("yolo"):  # knows no sizes: shares are of whatever the image is
        assert problems == []
    else:
        assert any("13 x 17" in problem.reason for problem in problems)
        assert len(dataset.instances) == 0


@pytest.mark.parametrize("name", [name for name in READABLE if not name.startswith("yolo")])
def test_annotations_for_an_image_before_exif_turned_it_are_told(name: str) -> None:
    turned, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (41, 30)).save(turned, "JPEG", exif=exif)
    dataset, problems = read(name, zipped(written(name, data_set([SHAPES["two parts"]]), first=turned.getvalue())))
    assert any("EXIF" in problem.reason for problem in problems)
    assert len(dataset.instances) == 0


@pytest.mark.parametrize("name", READABLE)
def test_a_missing_image_is_told_where_others_are_there(name: str) -> None:
    whole = written(name, data_set([SHAPES["two parts"]]))
    first = photo(data_set([]).images[0])[0]
    without = {path: data for path, data in whole.items() if data != first}
    dataset, problems = read(name, zipped(without))
    told = any("image" in problem.reason for problem in problems)
    assert told or len(dataset.images) == 2


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("name", ["voc", "panoptic", "semantic", "instances", "mots", "cityscapes"])
def test_a_label_map_that_would_fill_the_memory_is_refused(name: str) -> None:
    whole = written(name, data_set([SHAPES["two parts"]]))
    size = photo(data_set([]).images[0])[0]
    maps = [path for path, data in whole.items() if path.endswith(".png") and data != size and "mages" not in path]
    dataset, problems = read(name, zipped(whole | {path: png_of_size(100_000, 100_000) for path in maps}))
    assert problems
    assert len(dataset.instances) == 0


@pytest.mark.parametrize("name", ["voc", "cvat"])
def test_xml_that_explodes_is_refused(name: str) -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "&x;&x;&x;">]><annotations>&y;</annotations>'
    )
    _, problems = read(name, zipped({"Annotations/a.xml": bomb}))
    assert any("document type" in problem.reason for problem in problems)
    _, problems = read(name, zipped({"a.xml": b"<annotations>" * 5000}))
    assert problems


def test_a_bomb_a_way_out_a_link_and_twins_are_refused_before_anything_is_unpacked() -> None:
    for path in ("../../etc/cron.d/x", "/etc/passwd", "a/../../b", "C:/x.png"):
        with pytest.raises(ArchiveError, match="safe path"):
            zipped({path: b"x"})
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        entry = zipfile.ZipInfo("images/a.png")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(ArchiveError, match="link"):
        ArchiveReader(link)
    twins = io.BytesIO()
    with zipfile.ZipFile(twins, "w") as archive:
        archive.writestr("a.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.json", "[]")
    with pytest.raises(ArchiveError, match="two files"):
        ArchiveReader(twins)
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 5_000_000)
    with pytest.raises(ArchiveError, match="unpacks to more"):
        ArchiveReader(big, max_bytes=1_000_000)
    with pytest.raises(ArchiveError, match="5000000 bytes"):
        ArchiveReader(big).read("a.json", limit=1_000_000)


def test_a_damaged_member_is_a_problem_of_its_file() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.json", json.dumps({"images": [], "annotations": [], "filler": "x" * 500}))
    data = bytearray(target.getvalue())
    data[200] ^= 0xFF
    _, problems = read("coco", ArchiveReader(io.BytesIO(bytes(data))))
    assert any(problem.file == "a.json" and "unpacked" in problem.reason for problem in problems)


def test_a_folder_is_read_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    root = tmp_path / "data"
    (root / "labels").mkdir(parents=True)
    (root / "labels" / "a.txt").write_text("0 0.5 0.5 1 1\n")
    (root / "link.json").symlink_to(tmp_path / "secret.json")
    (root / "loop").symlink_to(root)
    assert Folder(root).paths() == ["labels/a.txt"]
    with pytest.raises(OSError, match="nothing"):
        open_files(tmp_path / "nothing.json")


def test_deep_json_and_numbers_without_end_are_problems() -> None:
    for hostile in (
        b"[" * 100_000,
        b'{"images": [' + b"9" * 6000 + b'], "annotations": []}',
        b"\xef\xbb\xbf{",
        b"\x00",
    ):
        for name in ("coco", "labelme", "datumaro", "labelstudio", "sa1b", "panoptic"):
            _, problems = read(name, zipped({"a.json": hostile}))
            assert problems


def coco(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 9, "height": 8}],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [],
    }
    return document | changes


@pytest.mark.parametrize(
    ("images", "says"),
    [
        ([{"id": 1, "file_name": "a.jpg", "width": 10**9, "height": 10**9}], "no size of a picture"),
        ([{"id": 1, "file_name": "a.jpg", "width": 0, "height": 5}], "no size of a picture"),
        ([{"id": 1, "file_name": "", "width": 5, "height": 5}], "name is missing"),
        ([{"id": 1, "file_name": "..", "width": 5, "height": 5}], "no name of an image"),
        ([{"id": 1, "file_name": n, "width": 5, "height": 5} for n in ("a", "b")], "used twice"),
        ([{"id": i, "file_name": n, "width": 5, "height": 5} for i, n in ((1, "a"), (2, "A"))], "another image named"),
        ([{"id": -1, "file_name": "a", "width": 5, "height": 5}], "negative"),
    ],
)
def test_images_that_cannot_be_taken_say_why(images: list[dict[str, Any]], says: str) -> None:
    _, problems = read("coco", zipped({"a.json": json.dumps(coco(images=images)).encode()}))
    assert any(says in problem.reason for problem in problems)


def test_names_that_lead_elsewhere_keep_their_last_part() -> None:
    names = ["/home/me/a.jpg", "..\\up\\b.jpg", "C:\\x\\c.jpg", "in\\d.jpg", "./e.jpg"]
    images = [{"id": n, "file_name": name, "width": 5, "height": 5} for n, name in enumerate(names, start=1)]
    dataset, problems = read("coco", zipped({"a.json": json.dumps(coco(images=images)).encode()}))
    assert problems == []
    assert [image.file_name for image in dataset.images] == ["a.jpg", "b.jpg", "c.jpg", "in/d.jpg", "e.jpg"]


def test_an_object_of_which_one_part_is_wrong_stays_out_whole() -> None:
    rings = [[0, 0, 4, 0, 4, 4, 0, 4], [1, 2, 3]]
    entry = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": rings}
    dataset, problems = read("coco", zipped({"a.json": json.dumps(coco(annotations=[entry])).encode()}))
    assert len(dataset.instances) == 0
    assert [problem.item for problem in problems] == ["annotations 1"]


def test_an_outline_that_runs_a_million_pixels_away_costs_nothing() -> None:
    far = [0, 0, 9_000_000, 0, 9_000_000, 9_000_000, 0, 9_000_000]
    entry = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [far]}
    dataset, problems = read("coco", zipped({"a.json": json.dumps(coco(annotations=[entry])).encode()}))
    assert problems == []
    assert rle.decode(dataset.instances[0].rle).all()
    zigzag = np.tile([0.0, 0.0, 1.0, 1e7], 200_000).tolist()
    entry["segmentation"] = [zigzag]
    read("coco", zipped({"a.json": json.dumps(coco(annotations=[entry])).encode()}))


def test_a_mask_too_ragged_to_be_held_is_a_problem_of_the_file() -> None:
    """One row of a picture of two rows begins and ends in each column."""
    width = MAX_TEXT // 2 + 1
    builder = Builder()
    place = builder.image("long.png", width, 2)
    with pytest.raises(RleError, match="are the most"):
        builder.add(place, None, of_box(0, 0, width, 1, 2, width))
    assert validate(builder.dataset()) == []

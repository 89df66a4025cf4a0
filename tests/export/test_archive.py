from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator

import pytest

from export.archive import MANIFEST, ArchiveError, ArchiveReader, ArchiveWriter, dump_json


def written(files: dict[str, bytes]) -> io.BytesIO:
    target = io.BytesIO()
    with ArchiveWriter(target, {"name": "Wörter"}) as archive:
        for path, data in files.items():
            archive.add(path, iter([data[:3], data[3:]]))
    target.seek(0)
    return target


FILES = {"a/ü 😀.txt": b"text", "b.jpg": b"\xff\xd8 picture", "empty": b""}


def test_it_gives_the_same_bytes_for_the_same_content() -> None:
    assert written(FILES).getvalue() == written(FILES).getvalue()


def test_it_lists_every_file_with_size_and_hash() -> None:
    with ArchiveReader(written(FILES)) as archive:
        manifest = archive.verify()
        assert archive.paths() == [*FILES, MANIFEST]
        assert b"".join(archive.chunks("b.jpg")) == FILES["b.jpg"]
    assert manifest["name"] == "Wörter"
    assert manifest["files"] == [
        {"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for path, data in FILES.items()
    ]


def test_it_is_an_ordinary_zip() -> None:
    with zipfile.ZipFile(written(FILES)) as archive:
        assert archive.testzip() is None
        assert archive.read("a/ü 😀.txt") == b"text"
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../x", "a\\b", "C:/x", "", "a//b", "a/./b", ".", "a\0b", "a/"])
def test_it_refuses_unsafe_paths(path: str) -> None:
    with pytest.raises(ArchiveError, match="safe path"), ArchiveWriter(io.BytesIO()) as archive:
        archive.add(path, b"")


def test_it_refuses_two_files_that_differ_in_case_only() -> None:
    archive = ArchiveWriter(io.BytesIO())
    archive.add("a.txt", b"")
    with pytest.raises(ArchiveError, match="already holds"):
        archive.add("A.txt", b"")


def test_an_archive_left_half_way_is_no_archive() -> None:
    def break_off() -> Iterator[bytes]:
        yield b"x" * 100
        raise KeyError

    target = io.BytesIO()
    with pytest.raises(KeyError), ArchiveWriter(target) as archive:
        archive.add("a.txt", break_off())
    with pytest.raises(ArchiveError, match="not a zip"):
        ArchiveReader(target)


def hostile(name: str, data: bytes = b"x") -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, data)
    return target


def test_it_refuses_archives_that_reach_outside() -> None:
    with pytest.raises(ArchiveError, match="safe path"):
        ArchiveReader(hostile("../../etc/passwd"))


def test_it_refuses_archives_that_unpack_to_too_much() -> None:
    with pytest.raises(ArchiveError, match="unpacks"):
        ArchiveReader(hostile("a", b"0" * 1000), max_bytes=999)
    with pytest.raises(ArchiveError, match="1 files"):
        ArchiveReader(hostile("a"), max_members=0)


def test_it_notices_a_changed_file() -> None:
    source, target = written(FILES), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, b"tExt" if info.filename.endswith("txt") else old.read(info))
    with ArchiveReader(target) as archive, pytest.raises(ArchiveError, match="not the file"):
        archive.verify()


def test_it_notices_an_added_file() -> None:
    source = written(FILES)
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("extra", b"")
    with ArchiveReader(source) as archive, pytest.raises(ArchiveError, match="manifest lists"):
        archive.verify()


def test_it_says_which_file_is_no_json() -> None:
    with ArchiveReader(written({"x.json": b"{"})) as archive:
        with pytest.raises(ArchiveError, match=r"x\.json is not JSON"):
            archive.json("x.json")
        with pytest.raises(ArchiveError, match="no file"):
            archive.open("y.json")


def test_its_json_has_no_nan_and_keeps_letters() -> None:
    assert json.loads(dump_json({"名": "ü"})) == {"名": "ü"}
    assert "ü" in dump_json("ü")
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_json(float("nan"))

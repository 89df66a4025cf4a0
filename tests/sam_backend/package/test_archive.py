"""A package as one file: whole there and back, and nothing that a stranger's archive can do to us."""

from __future__ import annotations

import io
import json
import shutil
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sam_backend import compact_package_path, load_package
from sam_backend.archive import is_zipped_package, unzip_package, zip_package
from sam_backend.cli import main
from sam_backend.package import MAX_MANIFEST_BYTES, write_manifest

LIMIT = 10_000_000


@pytest.fixture
def package(tmp_path: Path) -> Any:
    """The shipped manifest with tiny stand-ins for the files."""
    folder = tmp_path / "package"
    folder.mkdir()
    manifest = load_package(compact_package_path()).manifest
    for name in manifest.files:
        (folder / name).write_bytes(name.encode() * 10)
    return write_manifest(folder, manifest)


def write(path: Any, entries: Any, method: int = zipfile.ZIP_STORED) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of two files of one name; that is the point
        with zipfile.ZipFile(path, "w", method) as out:
            for name, data in entries:
                out.writestr(name, data)
    return path


def test_there_and_back_it_is_the_same_package(package: Any, tmp_path: Path) -> None:
    first = zip_package(package.path, tmp_path / "a.zip")
    back = unzip_package(first, tmp_path / "back", LIMIT)
    assert back.sha256 == package.sha256
    assert is_zipped_package(first)
    assert zip_package(back.path, tmp_path / "b.zip").read_bytes() == first.read_bytes()


def test_the_command_writes_it(package: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["zip", str(package.path), str(tmp_path / "mine.zip")]) == 0
    assert "Wrote" in capsys.readouterr().out
    assert main(["zip", str(package.path), str(tmp_path / "mine.zip")]) == 2
    assert "There is a file at" in capsys.readouterr().err


def test_a_damaged_package_is_not_zipped(package: Any, tmp_path: Path) -> None:
    (package.path / "decode.onnx").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"decode\.onnx"):
        zip_package(package.path, tmp_path / "a.zip")
    assert not list(tmp_path.glob("a.zip*"))


def test_folders_in_the_archive_count_for_nothing(package: Any, tmp_path: Path) -> None:
    entries = [(f"some/where/{path.name}", path.read_bytes()) for path in package.path.iterdir()]
    path = write(tmp_path / "deep.zip", entries)
    assert unzip_package(path, tmp_path / "back", LIMIT).sha256 == package.sha256


@pytest.mark.parametrize("name", ["../../evil.txt", "/evil.txt", "..\\..\\evil.txt", "C:\\evil.txt"])
def test_no_file_leaves_the_folder(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "evil.zip", [("manifest.json", "{}"), (name, "x")])
    with pytest.raises(ValueError, match="format"):
        unzip_package(path, tmp_path / "deep" / "back", LIMIT)
    assert list(tmp_path.rglob("*evil.txt")) == []


def test_what_the_manifest_does_not_name_stays_in_the_archive(package: Any, tmp_path: Path) -> None:
    path = zip_package(package.path, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("../../evil.txt", "x")
        out.writestr("notes.txt", "x")
    back = unzip_package(path, tmp_path / "deep" / "back", LIMIT)
    assert {found.name for found in back.path.iterdir()} == {"manifest.json", *package.manifest.files}
    assert list(tmp_path.rglob("*evil.txt")) == []


def test_a_bomb_is_refused_before_anything_is_written(package: Any, tmp_path: Path) -> None:
    """200 MB of zeros in 200 kB, declared as they are, under a manifest that is sound but does not name them."""
    bomb = zip_package(package.path, tmp_path / "bomb.zip")
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as out, out.open("zeros.bin", "w") as zeros:
        for _ in range(200):
            zeros.write(bytes(1 << 20))
    with pytest.raises(ValueError, match="times its size"):
        unzip_package(bomb, tmp_path / "back", 8 << 30)
    assert list((tmp_path / "back").iterdir()) == []


def test_no_more_is_written_than_was_declared(package: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zip_package(package.path, tmp_path / "a.zip")
    opened = zipfile.ZipFile.open

    def endless(self: zipfile.ZipFile, entry: Any, mode: Any = "r", **more: Any) -> Any:
        return io.BytesIO(bytes(5 << 20)) if getattr(entry, "filename", "") == "decode.onnx" else opened(self, entry)

    monkeypatch.setattr(zipfile.ZipFile, "open", endless)
    with pytest.raises(ValueError, match=r"decode\.onnx unpacks to more than was declared"):
        unzip_package(path, tmp_path / "back", LIMIT)
    assert (tmp_path / "back" / "decode.onnx").stat().st_size == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["decoder"].update(mask_size=10**9), "mask_size must be a whole number from 1 to 1024"),
        (lambda d: d["files"].update({"more.bin": {"sha256": "0" * 64, "bytes": 5}}), "lacks the file more.bin"),
        (lambda d: d["files"]["decode.onnx"].update(bytes=5), "decode.onnx in odd.zip has 110 bytes"),
    ],
)
def test_an_archive_that_does_not_fit_its_manifest_is_not_unpacked(
    package: Any, tmp_path: Path, change: Any, said: str
) -> None:
    manifest = json.loads((package.path / "manifest.json").read_text())
    change(manifest)
    files = [(name, (package.path / name).read_bytes()) for name in package.manifest.files]
    path = write(tmp_path / "odd.zip", [("manifest.json", json.dumps(manifest)), *files])
    with pytest.raises(ValueError, match=said):
        unzip_package(path, tmp_path / "back", LIMIT)
    assert list((tmp_path / "back").iterdir()) == []


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([("manifest.json", b"0" * 100_000), ("a", b"0" * LIMIT)], "GB are the most"),
        ([(f"{number}.bin", b"") for number in range(51)], "holds 51 files"),
        ([("a/manifest.json", b"{}"), ("b/manifest.json", b"{}")], "two files of one name"),
        ([("manifest.json", b" " * (MAX_MANIFEST_BYTES + 1))], "larger than 1 MB"),
        ([("notes.txt", b"x")], "not a model package"),
    ],
)
def test_odd_archives_are_refused(tmp_path: Path, entries: Any, said: Any) -> None:
    path = write(tmp_path / "odd.zip", entries, zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match=said):
        unzip_package(path, tmp_path / "back", LIMIT)
    written = sum(found.stat().st_size for found in (tmp_path / "back").iterdir())
    assert written <= LIMIT


def test_an_entry_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "liar.zip", [("manifest.json", b"{}" + b" " * 5000)], zipfile.ZIP_DEFLATED)
    data = path.read_bytes()
    true_size = (5002).to_bytes(4, "little")
    assert data.count(true_size) == 2
    path.write_bytes(data.replace(true_size, (100).to_bytes(4, "little")))
    with pytest.raises(ValueError, match="cannot be unpacked"):
        unzip_package(path, tmp_path / "back", LIMIT)


@pytest.mark.parametrize("kept", [0, 100, 3000])
def test_a_cut_off_archive_is_refused(package: Any, tmp_path: Path, kept: Any) -> None:
    whole = zip_package(package.path, tmp_path / "a.zip")
    whole.write_bytes(whole.read_bytes()[:kept])
    assert not is_zipped_package(whole)
    with pytest.raises(ValueError, match="cannot be unpacked"):
        unzip_package(whole, tmp_path / "back", LIMIT)


def test_a_flipped_byte_is_noticed(package: Any, tmp_path: Path) -> None:
    whole = zip_package(package.path, tmp_path / "a.zip")
    data = bytearray(whole.read_bytes())
    place = data.index(b"encoder.onnxencoder.onnx")
    data[place] ^= 1
    whole.write_bytes(data)
    with pytest.raises(ValueError, match="cannot be unpacked"):
        unzip_package(whole, tmp_path / "back", LIMIT)


def test_a_full_disk_is_noticed_before_anything_is_written(
    package: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = zip_package(package.path, tmp_path / "a.zip")
    monkeypatch.setattr("shutil.disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(ValueError, match=r"needs 0\.0 GB unpacked"):
        unzip_package(whole, tmp_path / "back", LIMIT)
    assert list((tmp_path / "back").iterdir()) == []


def test_a_used_folder_is_refused(package: Any, tmp_path: Path) -> None:
    whole = zip_package(package.path, tmp_path / "a.zip")
    with pytest.raises(ValueError, match="not an empty folder"):
        unzip_package(whole, package.path, LIMIT)
    assert json.loads((package.path / "manifest.json").read_text())["format"] == 1

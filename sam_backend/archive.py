"""A model package as one ZIP file, to hand over; unpacked with the distrust that a stranger's archive deserves."""

from __future__ import annotations

import errno
import lzma
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from sam_backend.bounds import MAX_FILES
from sam_backend.manifest import Manifest
from sam_backend.package import MANIFEST, MAX_MANIFEST_BYTES, ModelPackage
from sam_backend.word_manifest import WordManifest
from sam_backend.word_package import WordPackage, load_any_package, parse_any_manifest

MAX_SHRINKING = 20
"""Weights hardly shrink when they are packed; graphs and texts shrink to a fifth or so."""
ALWAYS_ALLOWED = 1 << 26
"""Bytes that nobody need be warned of."""
CHUNK = 1 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, NotImplementedError)
"""What zipfile raises for an archive that cannot be read; RuntimeError: encrypted, NotImplementedError: packed in a way
that Python does not know."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the archive, so that the same package gives the same bytes."""


def zip_package(folder: Path, target: Path) -> Path:
    """Write the checked package in `folder` to `target`, all of it or nothing. Weights do not shrink: they are stored.

    Raises:
        ValueError: the folder holds no complete package, or there is a file at `target` already.
    """
    package = load_any_package(folder)
    if target.exists():
        raise ValueError(f"There is a file at {target} already. Name another one, or remove it first.")
    part = target.with_name(f"{target.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for name in (MANIFEST, *package.manifest.files):
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.file_size = (folder / name).stat().st_size
                with (folder / name).open("rb") as source, archive.open(entry, "w") as out:
                    shutil.copyfileobj(source, out, CHUNK)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def is_zipped_package(path: Path) -> bool:
    """Whether a file is an archive with a manifest in it. A .pth file is an archive too, without one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(PurePosixPath(name).name == MANIFEST for name in archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return False


def unzip_package(path: Path, folder: Path, max_bytes: int) -> ModelPackage | WordPackage:
    """Unpack an archive into `folder`, which must be empty or not exist, and check the package.

    Folders in the archive count for nothing: only the last part of a name is used, so no file can leave `folder`.

    Args:
        path: the archive.
        folder: where to.
        max_bytes: the most that may be written.

    Raises:
        ValueError: no archive, a damaged one, one that unpacks to too much, or no complete package in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ValueError(f"{folder} is not an empty folder. Name another one, or remove it first.")
    try:
        with _archive(path) as archive:
            entries = _checked(path, archive, max_bytes)
            wanted = _wanted(path, archive, entries)
            _check_room(path, folder, sum(entry.file_size for entry in wanted.values()))
            for name, entry in wanted.items():
                _unpack(archive, entry, folder / name)
    except (*DAMAGED, OSError) as error:
        if getattr(error, "errno", None) not in (None, errno.EINVAL):  # the disk, not the archive or a place in it
            raise
        raise ValueError(f"{path.name} cannot be unpacked ({error}). Copy or download it again.") from error
    return load_any_package(folder)


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except ValueError as error:  # a name that is no text
        raise zipfile.BadZipFile(str(error)) from error


def _opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(entry)
    except ValueError as error:  # it begins before the archive does
        raise zipfile.BadZipFile(str(error)) from error


def _checked(path: Path, archive: zipfile.ZipFile, max_bytes: int) -> dict[str, zipfile.ZipInfo]:
    """The archive's files by plain name."""
    # Not is_dir(), which fails for a name without letters.
    entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_FILES or total > max_bytes:
        raise ValueError(
            f"{path.name} holds {len(entries)} files, {total / 2**30:.1f} GB unpacked; "
            f"{MAX_FILES} files and {max_bytes / 2**30:.1f} GB are the most."
        )
    if total > MAX_SHRINKING * path.stat().st_size + ALWAYS_ALLOWED:
        raise ValueError(
            f"{path.name} would unpack to {total / path.stat().st_size:.0f} times its size. Weights do not shrink like "
            "that, so it is no model; nothing was unpacked."
        )
    files = {PurePosixPath(entry.filename.replace("\\", "/")).name: entry for entry in entries}
    if len(files) < len(entries) or {"", ".", ".."} & files.keys():
        raise ValueError(f"{path.name} holds two files of one name, or one without; a package's names are plain.")
    return files


def _wanted(path: Path, archive: zipfile.ZipFile, files: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The manifest and what it names, once it is known to be sound and to agree with the archive; the rest stays there.

    Only the manifest is read for that, so whatever is no model is refused before anything is written.
    """
    if MANIFEST not in files:
        raise ValueError(f"{path.name} is not a model package: there is no {MANIFEST} in it.")
    with _opened(archive, files[MANIFEST]) as source:
        manifest: Manifest | WordManifest = parse_any_manifest(source.read(MAX_MANIFEST_BYTES + 1), path.name)
    for name, spec in manifest.files.items():
        if name not in files:
            raise ValueError(f"{path.name} lacks the file {name}, which its manifest names; pack or download it again.")
        if files[name].file_size != spec.bytes:
            raise ValueError(
                f"{name} in {path.name} has {files[name].file_size} bytes, the manifest says {spec.bytes}: "
                "the file is cut short or was replaced; pack or download it again."
            )
    return {name: files[name] for name in (MANIFEST, *manifest.files)}


def _check_room(path: Path, folder: Path, total: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < total:
        needed = f"{path.name} needs {total / 1e9:.1f} GB unpacked"
        raise ValueError(f"{needed}; {folder.parent} has {free / 1e9:.1f} GB free.")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Write one file; never more of it than the archive declared, whatever is really packed there."""
    left = entry.file_size
    with _opened(archive, entry) as source, target.open("wb") as out:
        while chunk := source.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile(f"{target.name} unpacks to more than was declared")
            out.write(chunk)

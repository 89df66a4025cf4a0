"""Model packages between blobs (the truth, shared by all machines) and a folder (what the runtime opens)."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from annotator.inference.models import ModelVersion
from annotator.lib import storage
from sam_backend import ModelPackage, load_package
from sam_backend.word_package import WordPackage, load_word_package

MANIFEST = "manifest.json"
Package = TypeVar("Package", ModelPackage, WordPackage)


def store_files(package: ModelPackage | WordPackage) -> dict[str, dict[str, Any]]:
    """Store every file of a package as a blob; return name → {"sha256", "bytes"}."""
    names = [MANIFEST, *package.manifest.files]
    return {name: _store(package.path / name) for name in names}


def _store(path: Path) -> dict[str, Any]:
    return {"sha256": storage.put_file(path), "bytes": path.stat().st_size}


def read_manifest(package: ModelPackage | WordPackage) -> dict[str, Any]:
    """Return the manifest as plain data, exactly as it stands in the file."""
    data: dict[str, Any] = json.loads((package.path / MANIFEST).read_text(encoding="utf-8"))
    return data


def folder_of(version: ModelVersion) -> Path:
    """Return a local folder with the package, fetched from the blobs the first time."""
    home: Path = settings.MASKWRIGHT_VAR / "models"
    target = home / version.sha256
    if not target.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=home, prefix=".incoming-"))
        try:
            _fetch(version, fresh)
            _publish(fresh, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return target


def _fetch(version: ModelVersion, into: Path) -> None:
    for name, entry in version.files.items():
        with storage.open_blob(entry["sha256"]) as source, (into / name).open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)


def _publish(fresh: Path, target: Path) -> None:
    try:
        fresh.rename(target)
    except OSError:
        # Another process was first; its folder has the same content.
        if not target.exists():
            raise


def open_package(version: ModelVersion) -> ModelPackage:
    """Return the checked package. A local copy that was damaged is fetched anew. Raises ValueError."""
    return _checked(version, load_package)


def open_word_package(version: ModelVersion) -> WordPackage:
    """Return the checked package of a version that is asked in words. Raises ValueError."""
    return _checked(version, load_word_package)


def _checked(version: ModelVersion, load: Callable[[Path], Package]) -> Package:
    folder = folder_of(version)
    try:
        return load(folder)
    except ValueError:
        shutil.rmtree(folder, ignore_errors=True)
        return load(folder_of(version))


def forget(version: ModelVersion) -> None:
    """Remove the local copy."""
    shutil.rmtree(settings.MASKWRIGHT_VAR / "models" / version.sha256, ignore_errors=True)

"""Model packages on disk: a folder with manifest.json and the files it names, each with its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sam_backend.manifest import FileSpec, Manifest

MANIFEST = "manifest.json"
MAX_MANIFEST_BYTES = 1 << 20


@dataclass(frozen=True)
class ModelPackage:
    """A package whose files were all checked. ``sha256`` is the manifest's hash and so stands for every file."""

    path: Path
    manifest: Manifest
    sha256: str

    @property
    def encoder_sha256(self) -> str:
        """Hash of the encoder graph; stamped on every embedding."""
        return self.manifest.encoder_sha256

    def file(self, graph: str) -> Path:
        """Path of a graph's file ("encoder", "decode", ...)."""
        return self.path / self.manifest.graphs[graph].file


def compact_package_path() -> Path:
    """Folder of the model that comes with Maskwright."""
    return Path(__file__).parent / "compact"


def load_package(path: Path | str) -> ModelPackage:
    """Reads and verifies a package. Raises ValueError with a sentence naming the file that is wrong."""
    root = Path(path)
    raw = read_raw(root)
    manifest = parse_manifest(raw, str(root))
    check_files(root, manifest.files)
    return ModelPackage(root, manifest, hashlib.sha256(raw).hexdigest())


def read_raw(root: Path) -> bytes:
    """The bytes of a package's manifest.json, or of its beginning where it is too large. Raises ValueError."""
    try:
        with (root / MANIFEST).open("rb") as file:
            return file.read(MAX_MANIFEST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{root} is not a model package: {MANIFEST} cannot be read there.") from error


def parse_json(raw: bytes, where: str) -> Any:
    """The JSON of manifest.json; `where` names the package in the sentence of a ValueError."""
    if len(raw) > MAX_MANIFEST_BYTES:
        raise ValueError(f"The {MANIFEST} in {where} is larger than {MAX_MANIFEST_BYTES // 2**20} MB.")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{MANIFEST} of {where} is not valid JSON; the file may be cut short.") from error


def parse_manifest(raw: bytes, where: str) -> Manifest:
    """Reads manifest.json and checks what it says; `where` names the package in the sentence of a ValueError."""
    manifest = Manifest.from_dict(parse_json(raw, where))
    _check_names(manifest)
    return manifest


def write_manifest(root: Path | str, manifest: Manifest) -> ModelPackage:
    """Fills in ``files`` and ``encoder_sha256`` from what lies in ``root`` and writes manifest.json there."""
    folder = Path(root)
    files = describe_files(folder)
    encoder = manifest.graphs["encoder"].file
    complete = replace(manifest, files=files, encoder_sha256=files[encoder].sha256)
    write_json(folder, complete.to_dict())
    return load_package(folder)


def describe_files(folder: Path) -> dict[str, FileSpec]:
    """Hash and size of every file of a package that is being written."""
    names = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name != MANIFEST)
    return {name: FileSpec(sha256_of(folder / name), (folder / name).stat().st_size) for name in names}


def write_json(folder: Path, data: Mapping[str, Any]) -> None:
    """Write manifest.json."""
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_names(files: Mapping[str, FileSpec]) -> None:
    """Raise ValueError unless a manifest names nothing outside its own folder."""
    for name in files:
        if name != Path(name).name or name in ("", ".", "..") or "\\" in name:
            raise ValueError(f"The manifest names {name!r}; a package's files must be plain names in its own folder.")


def check_files(root: Path, files: Mapping[str, FileSpec]) -> None:
    """Raise ValueError unless every file lies in `root` with its size and hash."""
    for name, spec in files.items():
        _check_file(root, name, spec)


def _check_names(manifest: Manifest) -> None:
    check_names(manifest.files)
    for graph, spec in manifest.graphs.items():
        if spec.file not in manifest.files:
            raise ValueError(f"The {graph} graph's file {spec.file!r} is not among the manifest's files.")
        if spec.weights is not None and spec.weights not in manifest.files:
            raise ValueError(f"The {graph} graph reads from {spec.weights!r}, which is not among the manifest's files.")
    if manifest.files[manifest.graphs["encoder"].file].sha256 != manifest.encoder_sha256:
        raise ValueError("The manifest's encoder_sha256 is not the hash it gives for the encoder's file.")


def _check_file(root: Path, name: str, spec: FileSpec) -> None:
    path = root / name
    if not path.is_file():
        raise ValueError(f"The model package {root} lacks the file {name}; copy the package again.")
    size = path.stat().st_size
    if size != spec.bytes:
        raise ValueError(
            f"{name} of the model package {root} has {size} bytes, the manifest says {spec.bytes}: "
            "the file is cut short or was replaced; copy the package again."
        )
    if sha256_of(path) != spec.sha256:
        raise ValueError(f"{name} of the model package {root} does not match its hash; copy the package again.")

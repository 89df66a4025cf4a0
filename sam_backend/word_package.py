"""Packages that are asked in words, on disk; and reading a package of either kind."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from sam_backend.manifest import WORDS_FORMAT, Manifest
from sam_backend.package import (
    ModelPackage,
    check_files,
    check_names,
    describe_files,
    load_package,
    parse_json,
    parse_manifest,
    read_raw,
    write_json,
)
from sam_backend.word_manifest import WordManifest


@dataclass(frozen=True)
class WordPackage:
    """A package whose files were all checked. ``sha256`` is the manifest's hash and so stands for every file."""

    path: Path
    manifest: WordManifest
    sha256: str

    @property
    def encoder_sha256(self) -> str:
        """Hash of the weights: nothing that another package made is of use to this one."""
        return self.manifest.files[self.manifest.weights].sha256


def load_word_package(path: Path | str) -> WordPackage:
    """Reads and verifies a package. Raises ValueError with a sentence naming the file that is wrong."""
    root = Path(path)
    raw = read_raw(root)
    manifest = _parse(parse_json(raw, str(root)))
    check_files(root, manifest.files)
    return WordPackage(root, manifest, hashlib.sha256(raw).hexdigest())


def load_any_package(path: Path | str) -> ModelPackage | WordPackage:
    """Reads and verifies a package of either kind, as its manifest says. Raises ValueError."""
    root = Path(path)
    return load_word_package(root) if _is_for_words(parse_json(read_raw(root), str(root))) else load_package(root)


def parse_any_manifest(raw: bytes, where: str) -> Manifest | WordManifest:
    """Reads manifest.json of either kind; `where` names the package in the sentence of a ValueError."""
    data = parse_json(raw, where)
    return _parse(data) if _is_for_words(data) else parse_manifest(raw, where)


def write_word_manifest(root: Path, manifest: WordManifest) -> WordPackage:
    """Fills in ``files`` from what lies in ``root`` and writes manifest.json there."""
    write_json(root, replace(manifest, files=describe_files(root)).to_dict())
    return load_word_package(root)


def _is_for_words(data: object) -> bool:
    return isinstance(data, dict) and data.get("format") == WORDS_FORMAT


def _parse(data: object) -> WordManifest:
    manifest = WordManifest.from_dict(data)
    check_names(manifest.files)
    if manifest.weights not in manifest.files:
        raise ValueError(f"The weights {manifest.weights!r} are not among the manifest's files.")
    return manifest

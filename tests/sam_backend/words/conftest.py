"""The tiny SAM 3, saved once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from sam_backend.adopt import About, adopt  # noqa: E402
from sam_backend.word_package import WordPackage  # noqa: E402
from sam_backend.words import SamFinder, load_finder  # noqa: E402
from tests.sam_backend.words.tiny import oracle, save  # noqa: E402


@pytest.fixture(scope="session")
def theirs() -> Any:
    return oracle(torch, transformers, 3)


@pytest.fixture(scope="session")
def published(theirs: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that somebody has."""
    return save(theirs, tmp_path_factory.mktemp("sam3"))


@pytest.fixture(scope="session")
def package(published: Path, tmp_path_factory: pytest.TempPathFactory) -> WordPackage:
    return adopt(published, tmp_path_factory.mktemp("package"), About("Tiny words"))


@pytest.fixture(scope="session")
def finder(package: WordPackage) -> SamFinder:
    return load_finder(package, device="cpu")

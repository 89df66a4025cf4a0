from __future__ import annotations

import pytest

from sam_backend import ModelPackage
from tests.sam_backend.tuning.made import compact_package, sam_package


@pytest.fixture(scope="session")
def tiny_sam(tmp_path_factory: pytest.TempPathFactory) -> ModelPackage:
    return sam_package(tmp_path_factory.mktemp("tune") / "sam")


@pytest.fixture(scope="session")
def tiny_compact(tmp_path_factory: pytest.TempPathFactory) -> ModelPackage:
    return compact_package(tmp_path_factory.mktemp("tune") / "compact")

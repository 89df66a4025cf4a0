"""A trainer that needs no PyTorch, and the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotator.inference.models import ModelVersion
from annotator.runs.models import Run
from annotator.tuning import gather, process, store
from tests.annotator.tuning.material import Trainer, child_of
from tests.annotator.world import World, client_of


@pytest.fixture
def trainer(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trainer:
    """Stands for the process that trains; the package it leaves is taken for a version of the same encoder."""
    made = Trainer(tmp_path)
    versions: list[ModelVersion] = []

    def stored(parent: ModelVersion, folder: Any) -> ModelVersion:
        versions.append(child_of(world, version=f"1-cats.{len(versions) + 1}"))
        return versions[-1]

    monkeypatch.setattr(process, "command", made.command)
    monkeypatch.setattr(process, "LOOK_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(store, "_version", stored)
    monkeypatch.setattr(gather, "missing_packages", list)
    monkeypatch.setattr(gather, "package_folder", lambda version: tmp_path / "package")
    monkeypatch.setattr(gather, "_fixed", lambda version: [])
    return made


@pytest.fixture
def api(world: World) -> Callable[..., Any]:
    """Alice's requests: (status, body)."""

    def call(method: str, path: str, body: dict[str, Any] | None = None, person: Any = None) -> tuple[int, Any]:
        response = getattr(client_of(person or world.alice), method)(f"/api/v1/{path}", body, format="json")
        return response.status_code, response.json() if response.content else None

    return call


@pytest.fixture
def retrain(world: World, trainer: Trainer, api: Callable[..., Any], work_off: Callable[[], list[Run]]) -> Any:
    """Starts a retraining through the API and does it; gives the finished run."""

    def run(**body: Any) -> Run:
        status, started = api("post", f"projects/{world.project.pk}/retrainings/", body)
        assert status == 202, started
        # Images without an embedding are asked for when a version is put to use.
        return next(run for run in work_off() if run.kind == "tune")

    return run

"""An installation with something in every corner that a backup could lose."""

from __future__ import annotations

import gzip
import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings
from safetensors.numpy import save

from annotator.annotations.models import Annotation
from annotator.datasets.models import Archive, Snapshot
from annotator.evaluations.models import Evaluation, Example
from annotator.imports.models import File, Import
from annotator.inference.models import Embedding
from annotator.lib import storage
from annotator.privacy.models import Look
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.suggestions.models import MaskVector, Search, Suggestion
from annotator.upkeep import loading
from annotator.upkeep.rows import tables
from export import rle
from tests.annotator.world import World, make_image, make_world, picture

LONG_AGO = datetime(2001, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)


def mask(size: tuple[int, int] = (48, 64)) -> dict[str, Any]:
    """The columns of a mask: a rectangle."""
    drawn = np.zeros(size, bool)
    drawn[10:20, 5:40] = True
    found = rle.encode(drawn)
    return {"rle": found.to_json(), "bbox": list(rle.bbox(found)), "area": rle.area(found)}


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


def fill(world: World) -> None:
    """Add rows with every kind of column, and a file for every column that names one."""
    image, project, version = world.image, world.project, world.model
    tensors = save({"embedding": np.arange(6, dtype=np.int8)})
    Embedding.objects.create(
        image=image, model_version=version, sha256=storage.put_bytes(tensors), bytes=len(tensors), encoding="int8",
        packed_sha256=storage.put_bytes(gzip.compress(tensors, mtime=0)),
    )  # fmt: skip
    odd = {"z": 1, "a": [1e16, -0.0, 0.1, 1e-7, 2.0, None, True], "text": "Ünï🦊\u2028", "deep": {"b": {}, "a": []}}
    made = Annotation.objects.create(
        image=image, label=world.label, author=world.bob, attributes=odd, seq=1, predicted_iou=0.1 + 0.2,
        created=LONG_AGO, updated=LONG_AGO, model_version=version, **mask(),
    )  # fmt: skip
    for number in range(3):
        MaskVector.objects.create(annotation=made, encoder_sha256=f"{number}", revision=1, vector=bytes(range(256)))
    run = Run.objects.create(kind="automask", project=project, requested_by=world.alice, state=State.SUCCEEDED)
    Run.objects.update(created=LONG_AGO, updated=LONG_AGO)
    search = Search.objects.create(image=image, run=run, model_version=version, params={}, found=2, kept=2, seconds=1.0)
    more = {"predicted_iou": 0.9, "stability_score": 0.95, "point": [1.5, 2.5], "crop_box": [0, 0, 64, 48]}
    parent = Suggestion.objects.create(image=image, search=search, model_version=version, rank=0, **more, **mask())
    Suggestion.objects.create(image=image, search=search, rank=1, parent=parent, **more, **mask())
    snapshot = Snapshot.objects.create(
        project=project, sha256=storage.put_bytes(gzip.compress(b"{}", mtime=0)), bytes=2, images=1, annotations=1
    )
    archive = _zip()
    Archive.objects.create(
        project=project, snapshot=snapshot, format="coco", name="cats.zip", sha256=storage.put_bytes(archive),
        bytes=len(archive),
    )  # fmt: skip
    evaluation = Evaluation.objects.create(
        project=project, run=run, model_version=version, model_name="tiny 1", images=1
    )
    drawn = storage.put_bytes(picture((16, 12), kind="JPEG"))
    Example.objects.create(evaluation=evaluation, image=image, rank=0, best=True, iou=0.5, sha256=drawn)
    brought = Import.objects.create(
        project=project, name="old.zip", source="upload", sha256=storage.put_bytes(b"old"), bytes=3
    )
    at = "https://example.org/a.json"
    File.objects.create(
        by=brought, number=0, address=at, path="a.json", state="fetched", sha256=storage.put_bytes(b"fetched")
    )
    original = storage.put_bytes(picture((64, 48)))
    Look.objects.create(image=image, threshold=0.3, original_sha256=original, original_type="image/png")
    binned = make_image(project, "in the bin.png")
    binned.deleted_at = LONG_AGO
    binned.save()


def sums() -> dict[str, Any]:
    """What all tables hold."""
    return {table._meta.label_lower: loading.sum_of(connection, table) for table in tables(apps)}


def wipe() -> None:
    """Leave an empty installation: no rows, no files."""
    call_command("flush", verbosity=0, interactive=False)
    shutil.rmtree(storage.blobs().path(""), ignore_errors=True)


@pytest.fixture
def full(transactional_db: None, tmp_path: Path, settings: Settings) -> World:
    """An installation with a storage of its own, everything committed."""
    settings.STORAGES = settings.STORAGES | {
        "blobs": settings.STORAGES["blobs"] | {"OPTIONS": {"location": str(tmp_path / "blobs")}}
    }
    world = make_world()
    fill(world)
    return world


@pytest.fixture
def command() -> Callable[..., str]:
    """Run a command as `manage.py` does; returns what it says."""

    def run(*words: str) -> str:
        out = io.StringIO()
        call_command(*words, stdout=out)
        return out.getvalue()

    return run


def path_of(sha256: str) -> Path:
    """Where a blob lies."""
    return Path(storage.blobs().path(storage.blob_name(sha256)))

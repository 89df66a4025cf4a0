"""A backup holds the rows of one moment and the files they need, and comes back as it was, or not at all."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection

from annotator.accounts.models import User
from annotator.annotations.models import Annotation
from annotator.inference.models import ModelVersion
from annotator.inference.services import ensure_builtin_model
from annotator.lib import storage
from annotator.lib.holdings import held
from annotator.projects.models import Project
from annotator.runs.models import Worker
from annotator.suggestions.models import MaskVector
from annotator.upkeep import backup as writing
from annotator.upkeep import folder
from annotator.upkeep.rows import frozen
from annotator.upkeep.troubles import Refused
from tests.annotator.upkeep.conftest import LONG_AGO, path_of, sums, wipe
from tests.annotator.world import World, make_image, make_user

Command = Callable[..., str]
NOT_FILES = {
    "projects.Image.source_sha256": "of what was uploaded, which is not kept",
    "inference.ModelVersion.sha256": "of the whole package; its files have hashes of their own",
    "inference.ModelVersion.encoder_sha256": "of one of these files",
    "inference.ModelVersion.source_sha256": "of a checkpoint that is not kept",
    "suggestions.MaskVector.encoder_sha256": "of a model's file",
}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every backup has a second of its own."""
    names = iter(f"2026-01-01T00-00-0{number}Z" for number in range(10))
    monkeypatch.setattr(folder, "now_name", lambda: next(names))


def newest(target: Path) -> Path:
    return target / folder.backups(target)[-1]


def test_what_was_lost_comes_back_as_it_was(full: World, command: Command, target: Path) -> None:
    before, files = sums(), {one.name for one in held()}
    said = command("backup", str(target))
    assert f"{len(files)} files" in said
    wipe()
    said = command("restore", str(target))
    assert f"{len(files)} files, {len(files)} of them written now" in said
    assert "secret" not in said
    assert sums() == before
    assert {one.name for one in held()} == files
    assert all(storage.blobs().exists(name) for name in files)
    assert "All is well" in command("verify")
    mended = Annotation.objects.get()
    assert (mended.created, mended.updated, mended.predicted_iou) == (LONG_AGO, LONG_AGO, 0.1 + 0.2)
    assert mended.attributes["text"] == "Ünï🦊\u2028"
    # The database goes on counting after what came back.
    MaskVector.objects.create(annotation=mended, encoder_sha256="new", revision=1, vector=b"")
    assert MaskVector.objects.count() == 4


def test_every_column_that_names_a_file_is_backed_up(full: World) -> None:
    names = {one.name for one in held()}
    columns = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.name.endswith("sha256") and f"{model._meta.label}.{field.name}" not in NOT_FILES
    ]
    assert len(columns) == 10
    for model, column in columns:
        values = set(model._base_manager.values_list(column, flat=True))
        assert values, f"The test has no row of {model.__name__}"
        assert {storage.blob_name(value) for value in values} <= names, f"{model.__name__}.{column}"
    assert storage.blob_name(full.model.files["decode.onnx"]["sha256"]) in names


def test_the_next_backup_copies_only_what_is_new(full: World, command: Command, target: Path, clock: None) -> None:
    command("backup", str(target))
    make_image(full.project, "new.png")
    assert ", 1 of them new" in command("backup", str(target))
    assert len(folder.backups(target)) == 2


def test_a_file_that_rotted_among_the_backups_is_copied_anew(
    full: World, command: Command, target: Path, clock: None
) -> None:
    command("backup", str(target))
    rotten = target / "files" / storage.blob_name(full.image.sha256)
    good = rotten.read_bytes()
    rotten.write_bytes(good[:-1] + b"x")
    assert ", 0 of them new" in command("backup", str(target), "--quick")
    assert ", 1 of them new" in command("backup", str(target))
    assert rotten.read_bytes() == good


def test_an_installation_that_is_not_empty_is_left_alone(full: World, command: Command, target: Path) -> None:
    command("backup", str(target))
    make_image(full.project, "later.png")
    before = sums()
    with pytest.raises(CommandError, match=r"not empty: its table of .* has rows\. Nothing was changed"):
        command("restore", str(target))
    assert sums() == before


def test_an_installation_that_was_only_started_counts_as_empty(full: World, command: Command, target: Path) -> None:
    command("backup", str(target))
    before = sums()
    wipe()
    ensure_builtin_model()
    Worker.objects.create(id=uuid.uuid4(), seen=LONG_AGO)
    command("restore", str(target))
    assert sums() == before
    added = ensure_builtin_model()
    wipe()
    ensure_builtin_model()
    ModelVersion.objects.create(name="own", version="1", family="sam", sha256="0" * 64, encoder_sha256=added.sha256)
    with pytest.raises(CommandError, match="not empty"):
        command("restore", str(target))


def test_a_file_that_the_storage_has_lost_is_told_and_the_rest_is_saved(
    full: World, command: Command, target: Path
) -> None:
    path_of(full.image.sha256).unlink()
    with pytest.raises(CommandError, match=r"whole but for 1 files(?s:.*)missing: .*photo cat\.png in Cats"):
        command("backup", str(target))
    before = sums()
    wipe()
    assert "Already lost when the backup was made:\n" in command("restore", str(target))
    assert sums() == before


def test_a_file_that_the_storage_has_damaged_is_told_and_not_kept(full: World, command: Command, target: Path) -> None:
    path_of(full.image.sha256).write_bytes(b"rubbish")
    with pytest.raises(CommandError, match=r"damaged: .*photo cat\.png"):
        command("backup", str(target))
    assert not (target / "files" / storage.blob_name(full.image.sha256)).exists()


@pytest.mark.parametrize("what", ["rows/accounts.user.gz", "files.gz"])
def test_a_damaged_list_is_refused_before_anything_is_done(
    full: World, command: Command, target: Path, what: str
) -> None:
    command("backup", str(target))
    path = newest(target) / what
    path.write_bytes(path.read_bytes()[:-1])
    wipe()
    with pytest.raises(CommandError, match=r"missing or damaged\. Nothing was changed"):
        command("restore", str(target))
    assert not User.objects.exists()


def test_a_damaged_file_is_refused_and_no_row_is_written(full: World, command: Command, target: Path) -> None:
    command("backup", str(target))
    path = target / "files" / storage.blob_name(full.image.sha256)
    good = path.read_bytes()
    path.write_bytes(b"rubbish")
    wipe()
    with pytest.raises(CommandError, match="damaged, so the backup cannot be restored"):
        command("restore", str(target))
    assert not User.objects.exists()
    path.write_bytes(good)
    command("restore", str(target))
    assert Project.objects.get().name == "Cats"


def test_rows_that_are_not_those_of_the_backup_are_not_kept(full: World, command: Command, target: Path) -> None:
    """Somebody who mends a row file and its hash by hand has still another sum."""
    command("backup", str(target))
    manifest = newest(target) / "manifest.json"
    about = json.loads(manifest.read_text())
    about["tables"]["webhooks.webhook"]["rows"] = 1
    manifest.write_text(json.dumps(about))
    wipe()
    with pytest.raises(CommandError, match=r"not what the backup has\. Nothing was written"):
        command("restore", str(target))
    assert not User.objects.exists()


def test_a_backup_of_a_newer_version_is_refused(full: World, command: Command, target: Path) -> None:
    command("backup", str(target))
    manifest = newest(target) / "manifest.json"
    about = json.loads(manifest.read_text())
    kept = [one for one in about["migrations"] if one[0] != "webhooks"]
    manifest.write_text(json.dumps(about | {"migrations": [*kept, ["webhooks", "0009_of_tomorrow"]]}))
    wipe()
    with pytest.raises(CommandError, match=r"newer version of Maskwright: webhooks\.0009_of_tomorrow"):
        command("restore", str(target))


def test_a_name_that_leads_out_of_the_storage_is_refused(target: Path) -> None:
    with pytest.raises(Refused):
        folder.kept_file(target, "../../etc/passwd")


def test_a_file_deleted_with_its_row_meanwhile_is_no_loss(
    full: World, command: Command, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows were read, then the image and its file went, before the file was copied."""
    real, came = writing._copy, []

    def copy(*args: Any, **options: Any) -> Any:
        if not came:
            came.append(make_image(full.project, "short-lived.png", size=(30, 20)))
        elif len(came) == 1:
            came.append(came[0])
            sha256 = came[0].sha256
            came[0].delete()
            storage.delete_blob(sha256)
        return real(*args, **options)

    monkeypatch.setattr(writing, "_copy", copy)
    command("backup", str(target))
    assert len(came) == 2
    wipe()
    command("restore", str(target))
    assert not [image for image in full.project.images.all() if image.name == "short-lived.png"]
    assert "All is well" in command("verify")


def test_old_backups_go_and_take_their_files_along(full: World, command: Command, target: Path, clock: None) -> None:
    passing = make_image(full.project, "passing.png", size=(20, 20))
    command("backup", str(target))
    kept = target / "files" / storage.blob_name(passing.sha256)
    assert kept.exists()
    passing.delete()
    assert "1 old backups were deleted" in command("backup", str(target), "--keep", "1")
    assert folder.backups(target) == ["2026-01-01T00-00-01Z"]
    assert not kept.exists()
    wipe()
    command("restore", str(target))
    assert "All is well" in command("verify")


def test_one_of_several_is_chosen_by_its_name(full: World, command: Command, target: Path, clock: None) -> None:
    command("backup", str(target))
    make_user("Erin")
    command("backup", str(target))
    wipe()
    with pytest.raises(CommandError, match="There are: 2026-01-01T00-00-00Z, 2026-01-01T00-00-01Z"):
        command("restore", str(target), "--at", "2025-01-01T00-00-00Z")
    command("restore", str(target), "--at", "2026-01-01T00-00-00Z")
    assert not User.objects.filter(username="erin").exists()


def test_a_backup_that_broke_is_none(
    full: World, command: Command, target: Path, monkeypatch: pytest.MonkeyPatch, clock: None
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(folder, "write_manifest", lambda *args: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(CommandError, match="could not be finished: No space left"):
            command("backup", str(target))
    assert folder.backups(target) == []
    with pytest.raises(CommandError, match="There is no backup in"):
        command("restore", str(target))
    command("backup", str(target))
    assert [path.name for path in target.iterdir() if path.is_dir()] == ["files", *folder.backups(target)]


def test_two_backups_do_not_write_into_one_folder(full: World, command: Command, target: Path) -> None:
    with folder.held_alone(target), pytest.raises(CommandError, match="Another backup is being written"):
        command("backup", str(target))


def test_reading_for_a_backup_keeps_nobody_from_writing_and_sees_one_state(full: World) -> None:
    other = connection.copy()
    try:
        with frozen(connection):
            assert Project.objects.get().name == "Cats"
            with other.cursor() as cursor:
                cursor.execute("UPDATE projects_project SET name = 'Dogs'")
            assert Project.objects.get().name == "Cats"
        assert Project.objects.get().name == "Dogs"
    finally:
        other.close()

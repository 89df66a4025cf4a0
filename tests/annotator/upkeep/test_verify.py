"""Verification finds what is missing, damaged or needed by nobody; collection deletes the last, and nothing else."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotator.annotations.models import Annotation
from annotator.datasets.models import Snapshot
from annotator.inference.models import Embedding
from annotator.lib import storage
from annotator.projects.models import Image
from annotator.runs.choices import State
from annotator.runs.models import Run
from annotator.suggestions.models import Suggestion
from tests.annotator.upkeep.conftest import path_of
from tests.annotator.world import World

Command = Callable[..., str]


def verify(*words: str) -> tuple[str, str]:
    """Run the command; returns what it lists and how it ends."""
    out = io.StringIO()
    try:
        call_command("verify", *words, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_a_whole_installation_is_well(full: World) -> None:
    said, problem = verify()
    assert not problem
    assert said.splitlines() == ["All is well: every row makes sense, and no file is missing or damaged."]


def test_a_missing_file_is_named_with_whose_it_is(full: World) -> None:
    path_of(full.image.sha256).unlink()
    said, problem = verify("--quick")
    assert f"missing: {storage.blob_name(full.image.sha256)}, photo cat.png in Cats" in said
    assert problem.startswith("Not all is well: 1 file missing. ")


def test_one_changed_byte_is_found(full: World) -> None:
    path = path_of(full.image.sha256)
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    assert "corrupt: " in verify()[0]
    assert verify("--quick")[1] == ""


@pytest.mark.parametrize("rows", [Image.with_bin, Embedding.objects, Snapshot.objects])
def test_bytes_that_are_not_what_they_stand_for_are_found(full: World, rows: object) -> None:
    rubbish = storage.put_bytes(b"as it was stored, and still no such file")
    row = rows.all()[0]  # type: ignore[attr-defined]
    row.sha256 = rubbish
    row.save()
    said, problem = verify()
    assert f"unreadable: {storage.blob_name(rubbish)}" in said
    assert "1 file that cannot be read" in problem


def test_masks_that_do_not_fit_their_images_are_found(full: World) -> None:
    Annotation.objects.update(rle={"size": [48, 64], "counts": "n0"})
    Suggestion.objects.filter(rank=1).update(area=1)
    said, problem = verify()
    assert f"row: Object {Annotation.objects.get().pk} on cat.png: " in said
    assert "its mask covers 350 pixels, and its row says 1." in said
    assert problem.startswith("Not all is well: 2 rows that make no sense. ")


def test_a_file_that_nobody_needs_harms_nobody(full: World) -> None:
    orphan = storage.put_bytes(b"left behind")
    said, problem = verify()
    assert not problem
    assert f"orphan: {storage.blob_name(orphan)}" in said


def test_the_upload_of_a_model_that_failed_may_be_gone(full: World) -> None:
    params = {"blob": "0" * 64, "filename": "sam.pth", "about": {}}
    run = Run.objects.create(kind="install_model", params=params, state=State.FAILED)
    assert verify()[1] == ""
    Run.objects.filter(pk=run.pk).update(state=State.QUEUED)
    assert "uploaded model sam.pth" in verify()[0]


def aged(path: Path, hours: float) -> Path:
    then = time.time() - hours * 3600
    os.utime(path, (then, then))
    return path


def test_what_nobody_needs_is_deleted_once_it_is_old(full: World, command: Command) -> None:
    old, young = storage.put_bytes(b"old bytes"), storage.put_bytes(b"young")
    aged(path_of(old), 25)
    broken = aged(_touched(path_of(old).with_name(".incoming-abc")), 25)
    foreign = aged(_touched(path_of(old).with_name("README")), 1000)
    for one in path_of(old).parent.parent.glob("*/*"):
        if one != path_of(young):
            aged(one, 25)
    assert "2 files" in command("collect", "--dry-run")
    assert path_of(old).exists()
    assert storage.blob_name(old) in command("collect")
    assert not path_of(old).exists()
    assert not broken.exists()
    assert foreign.exists()
    assert path_of(young).exists()
    assert not verify()[1]


def _touched(path: Path) -> Path:
    path.touch()
    return path


def test_what_is_stored_again_is_young_again(full: World, command: Command) -> None:
    """Its row may be written a moment later."""
    sha256 = storage.put_bytes(b"stored twice")
    aged(path_of(sha256), 100)
    storage.put_bytes(b"stored twice")
    assert "0 files" in command("collect")
    assert path_of(sha256).exists()


def test_hours_that_would_take_uploads_under_way_are_refused(full: World, command: Command) -> None:
    with pytest.raises(CommandError, match="at least 1"):
        command("collect", "--hours", "0")

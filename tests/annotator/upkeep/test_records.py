"""What is remembered of backups and of verifying, and when the Server page reminds of them."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from annotator.upkeep.choices import Kind
from annotator.upkeep.models import Record
from annotator.upkeep.records import Kept, kept, noted
from tests.annotator.upkeep.conftest import path_of, wipe
from tests.annotator.world import World, make_user

Command = Callable[..., str]


def of(kind: Kind) -> Kept:
    (one,) = [one for one in kept() if one.kind == kind]
    return one


def test_a_backup_notes_what_it_wrote_and_where(full: World, command: Command, tmp_path: Path) -> None:
    assert of(Kind.BACKUP).worry.startswith("No backup of this installation is known")
    said = command("backup", str(tmp_path / "kept"))
    known = of(Kind.BACKUP)
    assert known.said == said.splitlines()[0]
    assert str(tmp_path / "kept") in known.said
    assert (known.well, known.host, known.worry) == (True, socket.gethostname(), "")
    assert known.succeeded == known.ended


def test_one_that_failed_says_why_and_leaves_the_last_good_one(full: World, command: Command, tmp_path: Path) -> None:
    command("backup", str(tmp_path / "kept"))
    good = of(Kind.BACKUP).succeeded
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CommandError):
        command("backup", str(tmp_path / "file"))
    known = of(Kind.BACKUP)
    assert (known.well, known.succeeded) == (False, good)
    assert "could not be finished" in known.said
    assert known.worry == "The last backup did not end well: its message says why."


def test_a_backup_that_lacks_files_of_the_storage_is_not_well(full: World, command: Command, tmp_path: Path) -> None:
    path_of(full.image.sha256).unlink()
    with pytest.raises(CommandError):
        command("backup", str(tmp_path / "kept"))
    known = of(Kind.BACKUP)
    assert (known.well, known.succeeded) == (False, None)
    assert known.said == "The backup is whole but for 1 files that the storage itself lacks:"


def test_verifying_is_remembered_where_it_looked_at_everything(full: World, command: Command) -> None:
    command("verify", "--quick")
    assert of(Kind.VERIFY).ended is None
    command("verify")
    assert (of(Kind.VERIFY).well, of(Kind.VERIFY).worry) == (True, "")
    path_of(full.image.sha256).unlink()
    with pytest.raises(CommandError):
        command("verify", "--quick")
    assert "1 file missing" in of(Kind.VERIFY).said
    assert not of(Kind.VERIFY).well
    assert of(Kind.VERIFY).succeeded is not None


@pytest.mark.django_db
def test_an_old_one_is_reminded_of_as_the_settings_say(settings: Settings) -> None:
    for kind in Kind:
        with noted(kind) as told:
            told.said = "All of it."
    assert [one.worry for one in kept()] == ["", ""]
    Record.objects.update(succeeded=timezone.now() - timedelta(days=3, hours=1))
    assert [one.worry[:39] for one in kept()] == ["The last good backup is 3 days old: loo", ""]
    settings.BACKUP_DAYS, settings.VERIFY_DAYS = 4, 3
    assert [one.worry[:40] for one in kept()] == ["", "All was last found well 3 days ago: “mas"]
    settings.BACKUP_DAYS = settings.VERIFY_DAYS = 0
    Record.objects.all().delete()
    assert [one.worry for one in kept()] == ["", ""]


@pytest.mark.django_db
def test_a_database_that_cannot_note_it_does_not_undo_the_work(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(**_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(Record.objects, "update_or_create", away)
    with noted(Kind.BACKUP) as told:
        told.said = "All of it."
    assert "How the backup ended could not be noted" in caplog.text


def test_what_is_remembered_belongs_to_the_machines_and_travels_with_no_backup(
    full: World, command: Command, tmp_path: Path
) -> None:
    command("backup", str(tmp_path / "kept"))
    command("backup", str(tmp_path / "again"))
    wipe()
    command("verify")
    command("restore", str(tmp_path / "again"))
    assert of(Kind.BACKUP).ended is None
    assert of(Kind.VERIFY).well, "and an installation in which nothing else is counts as empty"


@pytest.mark.django_db
def test_the_page_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "archive-7")
    client = Client()
    client.force_login(make_user("Root", is_staff=True))
    assert "No backup of this installation is known" in client.get("/server/").content.decode()
    with noted(Kind.BACKUP) as told:
        told.said = "/mnt/backups/x: 3 rows <and> more"
    page = client.get("/server/").content.decode()
    assert "on archive-7, well" in page
    assert "/mnt/backups/x: 3 rows &lt;and&gt; more" in page
    assert "No backup of this installation is known" not in page
    (backup, verify) = client.get("/api/v1/server/").json()["upkeep"]
    assert (backup["kind"], backup["host"], backup["worry"]) == ("backup", "archive-7", "")
    assert (verify["kind"], verify["ended"]) == ("verify", None)

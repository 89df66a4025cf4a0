"""What is done before a web process starts, in one process. On an empty database, and by two machines at once, it is
run in tests/platform/test_deploy.py."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from pytest_django import Settings

from annotator.inference.models import ModelVersion
from annotator.lib import staticfiles
from annotator.web.management.commands import prepare


def run(*words: str) -> tuple[str, str]:
    """Run the command; returns what it says and what it warns of."""
    out, problems = io.StringIO(), io.StringIO()
    call_command("prepare", *words, stdout=out, stderr=problems)
    return out.getvalue(), problems.getvalue()


@pytest.fixture
def collecting(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Pages' files of two names; what is collected, as often as it is."""
    source, done = tmp_path / "source", []
    source.mkdir()
    (source / "a.js").write_text("export const a = 1;")
    (source / "b.css").write_text("b { color: red; }")
    settings.STATIC_HASHED, settings.STATIC_ROOT = True, tmp_path / "root"
    settings.STATICFILES_DIRS = [("app", source)]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "annotator.lib.staticfiles.HashedModules"}}
    real = call_command

    def counted(name: str, *args: Any, **options: Any) -> None:
        done.append(name)
        real(name, *args, **options)

    monkeypatch.setattr(prepare, "call_command", counted)
    return done


@pytest.mark.django_db
def test_the_model_is_installed_once(settings: Settings) -> None:
    assert "is installed." in run()[0]
    run()
    assert ModelVersion.objects.filter(builtin=True).count() == 1


@pytest.mark.django_db
def test_files_are_collected_when_they_or_their_copies_have_changed(
    collecting: list[str], settings: Settings, tmp_path: Path
) -> None:
    assert "The pages' files are in place." in run()[0]
    assert list(settings.STATIC_ROOT.glob("app/a.*.js"))
    assert "in place" not in run()[0]
    assert collecting == ["collectstatic"]
    (tmp_path / "source" / "c.js").write_text("export const c = 3;")
    run()
    assert list(settings.STATIC_ROOT.glob("app/c.*.js"))
    next(settings.STATIC_ROOT.glob("app/a.*.js")).unlink()
    run()
    assert list(settings.STATIC_ROOT.glob("app/a.*.js"))
    (tmp_path / "source" / "b.css").write_text("b { color: navy; }")
    run()
    assert collecting == ["collectstatic"] * 4
    assert staticfiles.collected()


@pytest.mark.django_db
def test_an_image_keeps_the_files_that_it_has(collecting: list[str], settings: Settings) -> None:
    run("--no-files")
    assert collecting == []
    assert not settings.STATIC_ROOT.exists()


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_is_told(collecting: list[str], settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.STATIC_ROOT = tmp_path / "file" / "static"
    with pytest.raises(CommandError, match="MASKWRIGHT_STATIC_ROOT names another folder"):
        run()


@pytest.mark.django_db
def test_too_few_connections_are_warned_of_and_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "trouble_told_quickly", lambda: "Set max_connections to 500.")
    said, warned = run()
    assert "is installed." in said
    assert warned == "WARNING: Set max_connections to 500.\n"


@pytest.mark.django_db
def test_a_database_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise OperationalError("connection refused\n")

    monkeypatch.setattr(prepare, "MigrationExecutor", away)
    with pytest.raises(CommandError, match=r"The database cannot be used: connection refused$"):
        run()


@pytest.mark.django_db
def test_nobody_else_does_it_meanwhile() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("On SQLite there is one machine.")
    other = connection.copy()
    try:
        ask = "SELECT pg_try_advisory_lock(%s), pg_advisory_unlock(%s)"
        with other.cursor() as cursor:
            with prepare._alone():
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [prepare.LOCK])
                assert cursor.fetchone() == (False,)
            cursor.execute(ask, [prepare.LOCK, prepare.LOCK])
            assert cursor.fetchone() == (True, True)
    finally:
        other.close()

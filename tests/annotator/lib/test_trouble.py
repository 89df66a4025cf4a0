"""A full disk, a storage that cannot be written, a database that is busy or away: the answer says which, and when to
try again; and once it is over, the same request succeeds."""

from __future__ import annotations

import errno
import sqlite3
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from annotator.lib.storage import BlobFileStorage
from annotator.lib.trouble import (
    DATABASE_AWAY,
    DATABASE_BUSY,
    DISK_FULL,
    STORAGE_AWAY,
    STORAGE_READ_ONLY,
    Trouble,
    trouble_of,
)
from annotator.projects import services
from tests.annotator.world import World, picture


class FromPostgres(Exception):
    """What psycopg raises, as far as it matters here."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("said by PostgreSQL")
        self.sqlstate = sqlstate


def from_database(cause: Exception) -> OperationalError:
    error = OperationalError(*cause.args)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DISK_FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), DISK_FULL),
        (OSError(errno.EROFS, "Read-only file system"), STORAGE_READ_ONLY),
        (PermissionError(errno.EACCES, "Permission denied"), STORAGE_READ_ONLY),
        (OSError(errno.EIO, "Input/output error"), STORAGE_AWAY),
        (from_database(sqlite3.OperationalError("database is locked")), DATABASE_BUSY),
        (from_database(sqlite3.OperationalError("database table is locked: runs_run")), DATABASE_BUSY),
        (from_database(sqlite3.OperationalError("database or disk is full")), DISK_FULL),
        (from_database(sqlite3.OperationalError("attempt to write a readonly database")), STORAGE_READ_ONLY),
        (from_database(sqlite3.OperationalError("unable to open database file")), STORAGE_AWAY),
        (from_database(FromPostgres("53100")), DISK_FULL),
        (from_database(FromPostgres("40P01")), DATABASE_BUSY),
        (from_database(FromPostgres("25006")), STORAGE_READ_ONLY),
        (from_database(FromPostgres("57P01")), DATABASE_AWAY),
        (from_database(FromPostgres(None)), DATABASE_AWAY),
        (FileNotFoundError(errno.ENOENT, "No such file"), None),
        (ValueError("a bug"), None),
    ],
)
def test_what_helps_decides_what_is_said(error: Exception, trouble: Trouble | None) -> None:
    assert trouble_of(error) is trouble
    wrapped = RuntimeError("while storing")
    wrapped.__cause__ = error
    assert trouble_of(wrapped) is trouble


@pytest.mark.parametrize(
    ("operation", "status", "code", "trouble"),
    [
        ("PutObject", 503, "SlowDown", STORAGE_AWAY),
        ("GetObject", 500, "InternalError", STORAGE_AWAY),
        ("PutObject", 507, "XMinioStorageFull", DISK_FULL),
        ("PutObject", 403, "AccessDenied", STORAGE_READ_ONLY),
        ("GetObject", 403, "InvalidAccessKeyId", STORAGE_AWAY),
        ("PutObject", 404, "NoSuchBucket", STORAGE_AWAY),
        ("PutObject", 400, "InvalidArgument", None),
    ],
)
def test_what_a_bucket_answers_is_told_apart(operation: str, status: int, code: str, trouble: Trouble | None) -> None:
    boto = pytest.importorskip("botocore.exceptions")
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert trouble_of(boto.ClientError(answer, operation)) is trouble


def test_a_bucket_that_is_not_reached_does_not_answer() -> None:
    boto = pytest.importorskip("botocore.exceptions")
    away = "http://bucket:9000"
    for error in (
        boto.EndpointConnectionError(endpoint_url=away), boto.ReadTimeoutError(endpoint_url=away),
        boto.ConnectionClosedError(endpoint_url=away), boto.NoCredentialsError(),
    ):  # fmt: skip
        assert trouble_of(error) is STORAGE_AWAY


def raising(error: Exception) -> Any:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "status", "code", "wait"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507, "disk_full", "60"),
        (OSError(errno.EROFS, "Read-only file system"), 503, "storage_read_only", "60"),
        (from_database(sqlite3.OperationalError("database is locked")), 503, "database_busy", "2"),
        (from_database(FromPostgres("57P03")), 503, "database_unavailable", "3"),
    ],
)
def test_the_api_says_which_and_when(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str, wait: str
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(services, "create_project", raising(error))
        answer = world.as_alice.post("/api/v1/projects/", {"name": "Fresh"})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (status, code, wait)
    assert "went wrong" not in answer.json()["message"]
    assert world.as_alice.post("/api/v1/projects/", {"name": "Fresh"}).status_code == 201


def test_a_photo_that_finds_no_room_is_taken_once_there_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def upload() -> Any:
        body = {"file": SimpleUploadedFile("a.jpg", picture())}
        return world.as_alice.post(f"/api/v1/projects/{world.project.pk}/images/", body, "multipart")

    before = world.project.images.count()
    with monkeypatch.context() as full:
        full.setattr(BlobFileStorage, "_save", raising(OSError(errno.ENOSPC, "No space left on device")))
        answer = upload()
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert world.project.images.count() == before
    assert upload().status_code == 201


def test_a_page_says_it_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(world.alice)
    monkeypatch.setattr(
        "django.contrib.sessions.backends.db.SessionStore.load", raising(from_database(FromPostgres("08006")))
    )
    for address in ("/", "/api/v1/me/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (503, "3")
        assert "database does not answer" in answer.content.decode()

"""Live and ready are two questions; both are answered to whoever asks by address, without TLS."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from annotator.lib import probes
from annotator.runs import signs


@pytest.fixture(autouse=True)
def _looks_anew() -> Iterator[None]:
    probes.forget()
    yield
    probes.forget()


def ready() -> tuple[int, dict[str, str]]:
    probes.forget()
    answer = Client().get("/readyz")
    assert answer.json()["ready"] is (answer.status_code == 200)
    return answer.status_code, answer.json()["parts"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("host", ["10.1.2.3", "10.1.2.3:8000", "[2001:db8::1]", "no_such_name"])
def test_probes_come_by_address_and_without_tls(db: None, settings: Settings, path: str, host: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["maskwright.example.org"]
    answer = Client().get(path, headers={"host": host})
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert Client().get("/", headers={"host": "maskwright.example.org"}).status_code == 301
    assert Client().get("/", headers={"host": host}).status_code == 400


def test_a_whole_server_is_ready_and_names_its_parts(db: None) -> None:
    signs.give(["default", "gpu"])
    assert ready() == (200, dict.fromkeys(("database", "storage", "queue", "worker"), "ok"))


def test_without_a_worker_it_is_ready_and_says_so(db: None) -> None:
    signs.give(["gpu"])
    status, parts = ready()
    assert (status, parts["worker"]) == (200, "No worker takes from default. What is asked for waits until one does.")


def test_with_a_full_disk_it_lives_and_is_not_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9 - 5, 5))
    status, parts = ready()
    assert status == 503
    assert "disk is full" in parts["storage"]
    assert Client().get("/healthz").status_code == 200


def test_with_a_storage_that_cannot_be_written_it_is_not_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    status, parts = ready()
    assert status == 503
    assert "cannot be written" in parts["storage"]


def test_with_the_queue_gone_it_is_not_ready(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CELERY_BROKER_URL = "filesystem://localhost"
    settings.QUEUE_DIR = settings.MASKWRIGHT_VAR / "gone"
    assert ready()[0] == 503
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(probes, "_told", {})

    def refuse() -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr("annotator.runs.health.app.connection_for_write", refuse)
    status, parts = ready()
    assert status == 503
    assert "queue does not answer" in parts["queue"]


def test_with_the_database_gone_it_lives_and_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """No database may be touched in this test: every look at it fails."""
    status, parts = ready()
    assert status == 503
    assert parts["database"] == "The database does not answer."
    assert Client().get("/healthz").content == b"ok"


def test_an_answer_stands_for_a_moment(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    monkeypatch.setattr(probes, "_needed", {"storage": lambda: looked.append(1) or ""})
    monkeypatch.setattr("annotator.lib.probes.time.monotonic", lambda: 100.0)
    for _ in range(50):
        assert Client().get("/readyz").status_code == 200
    assert len(looked) == 1
    monkeypatch.setattr("annotator.lib.probes.time.monotonic", lambda: 100.0 + probes.KEPT_SECONDS + 0.1)
    Client().get("/readyz")
    assert len(looked) == 2

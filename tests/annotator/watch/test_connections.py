"""Whether PostgreSQL lets in enough connections, asked of a real one."""

from __future__ import annotations

import os
import re
import socket
import struct
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from annotator.launch import hooks
from annotator.lib.webthreads import CALLED, THREADS
from annotator.runs.models import Worker
from annotator.watch import connections
from annotator.watch.connections import Connections, Limit

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def postgres(db: None) -> Any:
    """psycopg, where the tests run on PostgreSQL."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such limit.")
    return pytest.importorskip("psycopg")


def found() -> Connections:
    read = connections.read()
    assert read is not None
    return read


@contextmanager
def beside(psycopg: Any, **changed: Any) -> Iterator[Any]:
    """Somebody else's connection."""
    known = connection.settings_dict
    at = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "password": known["PASSWORD"]}
    with psycopg.connect(**at | {"dbname": known["NAME"]} | changed) as made:
        yield made


def warned() -> list[str]:
    said = [one for one in run_checks(include_deployment_checks=True) if one.id == "maskwright.W001"]
    return [one.msg for one in said]


def test_each_process_may_take_its_threads_and_others_some(settings: Settings) -> None:
    settings.CELERY_WORKER_CONCURRENCY = 2
    assert connections.wanted_by(2, 0) == connections.wanted_by(2, 2) == 2 * 24 + 20
    assert connections.wanted_by(4, 10) == 4 * 24 + 10 * 5 + 10


def test_image_units_and_launcher_start_as_many_threads() -> None:
    for path in ("Dockerfile", "deploy/systemd/maskwright-web.service", "annotator/launch/supervisor.py"):
        assert re.findall(r'--threads"?,?\s+"?(\d+)', (ROOT / path).read_text()) == [str(THREADS)], path


def test_too_few_are_told_with_what_to_set(settings: Settings) -> None:
    settings.WEB_PROCESSES = 5
    limit = Limit(97, "Set max_connections in its postgresql.conf to 143 or more and restart it")
    assert Connections(1, 140, 1, 1, limit).trouble == (
        "PostgreSQL leaves this installation 97 connections, and 5 web processes of 24 threads, workers and commands "
        "can take 140: at busy times people would be told that the database does not answer. Set max_connections in "
        "its postgresql.conf to 143 or more and restart it, or run fewer web processes."
    )
    assert "10 web processes (5 on each of 2 machines) of" in Connections(1, 260, 2, 1, limit).trouble
    assert Connections(1, 97, 1, 1, limit).trouble == ""


@pytest.mark.django_db
def test_sqlite_is_silent() -> None:
    if connection.vendor == "sqlite":
        assert connections.read() is None
        assert connections.trouble_told_quickly() == ""


def test_what_is_left_is_what_postgresql_says(postgres: Any) -> None:
    with beside(postgres) as other:
        most = int(other.execute("SHOW max_connections").fetchone()[0])
        reserved = int(other.execute("SHOW superuser_reserved_connections").fetchone()[0])
        read = found()
    assert 0 < read.limit.left <= most - reserved
    assert read.open >= 2, "its own, and the one beside it"


def test_connections_of_others_are_not_left(postgres: Any, settings: Settings) -> None:
    settings.WEB_PROCESSES = 1_000
    with ExitStack() as held:
        others = [held.enter_context(beside(postgres, dbname="postgres")) for _ in range(5)]
        most, reserved = (
            int(others[0].execute(f"SHOW {name}").fetchone()[0])
            for name in ("max_connections", "superuser_reserved_connections")
        )
        read = found()
    assert read.limit.left <= most - reserved - 5
    (need,) = re.findall(r"to (\d+) or more", read.trouble)
    assert int(need) >= read.wanted + reserved + 5


def test_the_check_says_it_before_people_do(postgres: Any, settings: Settings) -> None:
    settings.WEB_PROCESSES = 1_000
    (said,) = warned()
    assert "1000 web processes" in said
    (need,) = re.findall(r"Set max_connections in its postgresql.conf to (\d+) or more", said)
    assert int(need) > 1_000 * THREADS
    settings.WEB_PROCESSES = 1
    assert warned() == [] or found().limit.left < connections.wanted_by(1, 0)


def test_limits_of_the_account_and_of_the_database_count(postgres: Any, settings: Settings) -> None:
    """The transaction of the test takes both back."""
    settings.WEB_PROCESSES = 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_user), quote_ident(current_database())")
        role, name = cursor.fetchone()
        cursor.execute(f"ALTER DATABASE {name} CONNECTION LIMIT 12")
        read = found()
        assert read.limit.left == 12
        assert f"ALTER DATABASE {connection.settings_dict['NAME']} CONNECTION LIMIT {read.wanted}" in read.trouble
        cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() != (True,):
            pytest.skip("The tests' account may not limit itself.")
        cursor.execute(f"ALTER ROLE {role} CONNECTION LIMIT 7")
        assert found().limit.left <= 7
        assert "ALTER ROLE" in found().trouble


def test_workers_that_are_there_count(postgres: Any, settings: Settings) -> None:
    settings.WEB_PROCESSES, settings.CELERY_WORKER_CONCURRENCY = 1, 4
    for _ in range(5):
        Worker.objects.create(id=uuid.uuid4(), queues=["default"], seen=timezone.now())
    assert (found().workers, found().wanted) == (5, THREADS + 5 * 9 + 10)


def test_a_machine_that_is_yet_to_start_counts(postgres: Any) -> None:
    assert found().hosts == 1


def test_machines_with_web_processes_are_counted_by_their_addresses(postgres: Any, settings: Settings) -> None:
    assert os.environ["PGAPPNAME"] == CALLED, f"{hooks.__name__} has been imported"
    settings.WEB_PROCESSES = 2
    here = Path("/var/run/postgresql")
    if not list(here.glob(f".s.PGSQL.{connection.settings_dict['PORT']}")):
        pytest.skip("PostgreSQL has no socket here, which would be a second address.")
    with ExitStack() as held:
        for place in ({}, {}, {"host": str(here)}):
            try:
                held.enter_context(beside(postgres, application_name=CALLED, **place))
            except postgres.OperationalError:
                pytest.skip("PostgreSQL's socket lets only the account of its user in.")
        read = found()
    assert (read.hosts, read.wanted) == (2, 4 * THREADS + 20)


class Pooler:
    """Stands between as PgBouncer does: whoever connects is told another process than the server's."""

    def __init__(self, host: str, port: int) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port, self.server = self.listening.getsockname()[1], (host, port)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        client = self.listening.accept()[0]
        server = socket.create_connection(self.server)
        threading.Thread(target=self._pass, args=(client, server), daemon=True).start()
        self._pass(server, client, changed=True)

    def _pass(self, source: socket.socket, to: socket.socket, *, changed: bool = False) -> None:
        while data := source.recv(65_536):
            # BackendKeyData: "K", its length 12, a process and a secret.
            at = data.find(b"K\x00\x00\x00\x0c") if changed else -1
            to.sendall(data[: at + 5] + struct.pack("!i", 1) + data[at + 9 :] if at >= 0 else data)
        to.close()


def test_through_a_pooler_nothing_is_compared(postgres: Any, settings: Settings) -> None:
    settings.WEB_PROCESSES = 1_000
    known = connection.settings_dict
    pooler = Pooler(known["HOST"], int(known["PORT"]))
    own = connection.copy()
    own.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(pooler.port), "OPTIONS": {"sslmode": "disable"}}
    try:
        read = connections.read(own, workers=0)
    finally:
        own.close()
    assert read is not None
    assert read.pooled
    assert read.trouble == ""
    assert read.limit.left < read.wanted


def test_a_database_that_is_away_stops_no_command(postgres: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    monkeypatch.setitem(connection.settings_dict, "PORT", str(port))
    assert connections.trouble_told_quickly() == ""

"""All rows to another database and back: what is there afterwards is what was there before."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection, connections, models
from django.db.utils import load_backend

from annotator.accounts.models import User
from annotator.lib.env import database_at
from annotator.runs import signs
from annotator.suggestions.models import MaskVector
from annotator.upkeep import loading
from annotator.upkeep.rows import tables
from tests.annotator.upkeep.conftest import sums
from tests.annotator.world import World, make_user

pytestmark = pytest.mark.slow

Command = Callable[..., str]
OTHER = "other"


def _server() -> Any:
    psycopg = pytest.importorskip("psycopg")
    try:
        return psycopg.connect(host="127.0.0.1", user="postgres", dbname="postgres", connect_timeout=3, autocommit=True)
    except psycopg.OperationalError:
        pytest.skip("No PostgreSQL on 127.0.0.1:5432 lets 'postgres' in; start one to test moving to it.")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the other kind."""
    if connection.vendor == "postgresql":
        yield f"sqlite:///{tmp_path / 'moved.sqlite3'}"
        return
    name = f"test_moved_{uuid.uuid4().hex[:12]}"
    server = _server()
    server.execute(f"CREATE DATABASE {name}")
    try:
        yield f"postgres://postgres@127.0.0.1:5432/{name}"
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


@pytest.fixture
def look(elsewhere: str) -> Iterator[Callable[[type[models.Model]], Any]]:
    """Read a table at that address."""
    described = connections.configure_settings({"default": database_at(elsewhere, "it")})["default"]
    connections[OTHER] = load_backend(described["ENGINE"]).DatabaseWrapper(described, OTHER)
    yield lambda model: model._base_manager.using(OTHER)
    connections[OTHER].close()
    del connections[OTHER]


def test_rows_arrive_all_or_none(
    full: World,
    command: Command,
    elsewhere: str,
    look: Callable[[type[models.Model]], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is written meanwhile would be lost: nothing is moved. The database in use is only read.
    before = sums()
    with monkeypatch.context() as meanwhile:
        real = loading.reset_counters
        meanwhile.setattr(loading, "reset_counters", lambda *args: (real(*args), make_user("Late")))
        with pytest.raises(CommandError, match=r"accounts_user changed while they were copied\. Nothing was written"):
            command("move", elsewhere)
    assert not look(User).exists()
    assert [name for name, one in sums().items() if one != before[name]] == ["accounts.user"]

    # SQLite looks at no length; PostgreSQL does, and the row is named.
    if connection.vendor == "sqlite":
        late = User.objects.get(username="late")
        User.objects.filter(pk=late.pk).update(first_name="x" * 151)
        with pytest.raises(CommandError, match=rf"does not take row {late.pk} of accounts_user: (?s:.*)Nothing was"):
            command("move", elsewhere)
        assert not look(User).exists()
        User.objects.filter(pk=late.pk).update(first_name="x")

    # Every row arrives, and the database goes on counting.
    before = sums()
    said = command("move", elsewhere)
    assert f"{sum(one['rows'] for one in before.values())} rows were copied" in said
    assert {table._meta.label_lower: loading.sum_of(connections[OTHER], table) for table in tables(apps)} == before
    assert sums() == before
    vectors = look(MaskVector)
    assert bytes(vectors.all()[0].vector) == bytes(range(256))
    vectors.create(annotation_id=vectors.all()[0].annotation_id, encoder_sha256="new", revision=1, vector=b"")
    assert vectors.count() == 4

    # It is somebody's now.
    with pytest.raises(CommandError, match="not empty"):
        command("move", elsewhere)


def test_the_database_in_use_is_refused(full: World, command: Command) -> None:
    here = connection.settings_dict
    own = f"sqlite:///{here['NAME']}"
    if connection.vendor == "postgresql":
        own = f"postgres://{here['USER']}@{here['HOST']}:{here['PORT']}/{here['NAME']}"
    with pytest.raises(CommandError, match="the database in use"):
        command("move", own)


def test_nothing_is_moved_while_a_worker_runs(full: World, command: Command) -> None:
    signs.give(["default"])
    with pytest.raises(CommandError, match="A worker is running"):
        command("move", "sqlite:///nowhere")


def test_an_address_that_is_none_is_refused_with_a_sentence(full: World, command: Command) -> None:
    with pytest.raises(CommandError, match="is no database address"):
        command("move", "nonsense://")

"""What older versions left behind is all there after an upgrade: people, keys, images, objects, suggestions,
embeddings, exports; and work goes on, on SQLite and on PostgreSQL. Each folder of tests/fixtures/upgrade was made by
that version's own code (fill.py)."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench.team.installation import database
from tests.upgrade.fill import PEOPLE

ROOT = Path(__file__).resolve().parents[2]
KEPT = sorted((ROOT / "tests" / "fixtures" / "upgrade").iterdir())


@pytest.fixture(params=["sqlite", "postgresql"])
def rows_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Put an older version's rows into a database of each kind; it returns the address."""

    def on_sqlite(kept: Path) -> str:
        (tmp_path / "var").mkdir(exist_ok=True)
        with closing(sqlite3.connect(tmp_path / "var" / "maskwright.sqlite3")) as rows:
            rows.executescript(gzip.decompress((kept / "rows.sql.gz").read_bytes()).decode())
        return ""

    if request.param == "sqlite":
        yield on_sqlite
        return
    psycopg = pytest.importorskip("psycopg")
    try:
        psycopg.connect(host="127.0.0.1", user="postgres", dbname="postgres").close()
    except psycopg.OperationalError:
        pytest.skip("No PostgreSQL on this machine that lets 'postgres' in.")
    with database("postgresql") as env:

        def on_postgresql(kept: Path) -> str:
            on_sqlite(kept)
            run("tests.upgrade.as_on_postgresql", str(tmp_path / "var" / "maskwright.sqlite3"), var=tmp_path, **env)
            return env["DATABASE_URL"]

        yield on_postgresql


def run(module: str, *words: str, var: Path, **env: str) -> str:
    """Run a module in an installation of its own; returns what it prints."""
    own = {"DJANGO_SETTINGS_MODULE": "annotator.settings", "MASKWRIGHT_VAR": str(var)}
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | own | env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.any_database
@pytest.mark.parametrize("kept", KEPT, ids=lambda place: place.name)
def test_all_of_it_is_there_after_the_upgrade(kept: Path, rows_of: Callable[[Path], str], tmp_path: Path) -> None:
    var = tmp_path / "var"
    shutil.copytree(kept / "blobs", var / "blobs")
    said = run("tests.upgrade.today", str(kept), var=var, DATABASE_URL=rows_of(kept))
    now, was = json.loads(said.splitlines()[-1]), json.loads((kept / "told.json").read_text())
    for what in ("project", "labels", "members", "images", "objects", "suggestions", "exports"):
        assert now[what] == was[what], what
    assert now["signed in"] == list(PEOPLE)
    assert (now["by token"], now["archive"], now["goes on"]) == ("ben", "PK", [200, 9])
    assert now["embeddings"] == sorted(f"embedding of {image}" for image in was["images"])

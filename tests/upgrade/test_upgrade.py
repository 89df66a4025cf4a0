"""What older versions left behind is all there after an upgrade: people, keys, images, objects, suggestions,
embeddings, exports; and work goes on. Each folder of tests/fixtures/upgrade was made by that version's own code
(fill.py)."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.upgrade.fill import PEOPLE

ROOT = Path(__file__).resolve().parents[2]
KEPT = sorted((ROOT / "tests" / "fixtures" / "upgrade").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("kept", KEPT, ids=lambda place: place.name)
def test_all_of_it_is_there_after_the_upgrade(kept: Path, tmp_path: Path) -> None:
    var = tmp_path / "var"
    shutil.copytree(kept / "blobs", var / "blobs")
    with closing(sqlite3.connect(var / "maskwright.sqlite3")) as rows:
        rows.executescript(gzip.decompress((kept / "rows.sql.gz").read_bytes()).decode())
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "annotator.settings", "MASKWRIGHT_VAR": str(var), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "tests.upgrade.today", str(kept)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    now, was = json.loads(done.stdout.splitlines()[-1]), json.loads((kept / "told.json").read_text())
    for what in ("project", "labels", "members", "images", "objects", "suggestions", "exports"):
        assert now[what] == was[what], what
    assert now["signed in"] == list(PEOPLE)
    assert (now["by token"], now["archive"], now["goes on"]) == ("ben", "PK", [200, 9])
    assert now["embeddings"] == sorted(f"embedding of {image}" for image in was["images"])

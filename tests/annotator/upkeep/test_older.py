"""A backup of an older version comes back in a newer one; on another machine, with another database or storage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from annotator.lib.holdings import held
from annotator.upkeep import folder
from tests.annotator.upkeep.conftest import sums
from tests.annotator.world import World

# Its installations are SQLite's own, whatever the database of the tests is.
pytestmark = pytest.mark.any_database

REPO = Path(__file__).resolve().parents[3]
Command = Callable[..., str]
IN_A_BUCKET = """
import sys, boto3, django
from moto import mock_aws
with mock_aws():
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="masks")
    django.setup()
    from django.core.management import call_command
    for words in sys.argv[1:]:
        call_command(*words.split("|"))
"""


def manage(var: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command in an installation of its own."""
    own = {"MASKWRIGHT_VAR": str(var), "DATABASE_URL": f"sqlite:///{var / 'maskwright.sqlite3'}"}
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=REPO, env=os.environ | own | env, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


@pytest.fixture
def target(full: World, command: Command, tmp_path: Path) -> Path:
    command("backup", str(tmp_path / "backups"))
    return tmp_path / "backups"


@pytest.mark.slow
def test_an_older_backup_is_brought_up_to_date(target: Path, tmp_path: Path) -> None:
    """As if webhooks had not been there yet."""
    place = target / folder.backups(target)[-1]
    about = json.loads((place / "manifest.json").read_text())
    about["migrations"] = [one for one in about["migrations"] if one[0] != "webhooks"]
    for table in ("webhooks.webhook", "webhooks.delivery"):
        (place / "rows" / f"{table}.gz").unlink()
        del about["tables"][table]
    (place / "manifest.json").write_text(json.dumps(about))
    done = manage(tmp_path / "new", "restore", str(target))
    assert done.returncode == 0, done.stderr
    assert "another secret key" in done.stdout
    counted = manage(
        tmp_path / "new", "shell", "--no-imports", "-c",
        "from annotator.webhooks.models import Webhook; from annotator.annotations.models import Annotation;"
        "print(Webhook.objects.count(), Annotation.objects.count())",
    )  # fmt: skip
    assert counted.stdout.split()[-2:] == ["0", "1"], counted.stderr
    # A database that is ahead of the backup is left alone.
    manage(tmp_path / "ahead", "migrate", "-v0")
    done = manage(tmp_path / "ahead", "restore", str(target))
    assert done.returncode == 1
    assert "newer than the backup (webhooks.0001_webhooks). Nothing was changed" in done.stderr


@pytest.mark.slow
def test_files_come_back_into_a_bucket_and_are_backed_up_from_there(full: World, target: Path, tmp_path: Path) -> None:
    pytest.importorskip("moto")
    pytest.importorskip("storages")
    rows, files = sum(one["rows"] for one in sums().values()), len({one.name for one in held()})
    wanted = {
        "DJANGO_SETTINGS_MODULE": "annotator.settings", "MASKWRIGHT_VAR": str(tmp_path / "new"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}",
        "MASKWRIGHT_BLOB_BACKEND": "storages.backends.s3.S3Storage", "MASKWRIGHT_S3_BUCKET": "masks",
        "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    words = [f"restore|{target}", "verify", f"backup|{tmp_path / 'from-bucket'}", "collect"]
    done = subprocess.run(
        [sys.executable, "-c", IN_A_BUCKET, *words], cwd=REPO, env=os.environ | wanted, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    restored, _, verified, backed, collected = done.stdout.splitlines()
    assert f"{rows} rows and {files} files, {files} of them written now" in restored
    assert verified.startswith("All is well")
    assert f"{rows} rows and {files} files" in backed
    assert collected.startswith("0 files")
    assert not (tmp_path / "new" / "blobs").exists()

"""What every test shares: a database that is there, folders that are thrown away, data from beside the checkout."""

from __future__ import annotations

import os
import socket
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import hypothesis
import pytest

REPO = Path(__file__).resolve().parent.parent
_SCRATCH = tempfile.TemporaryDirectory(prefix="maskwright-tests-")

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile(
    "maskwright", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("maskwright")

# Read by settings.py, which pytest-django loads before this file only when the variable is set in the shell.
if "PYTEST_XDIST_WORKER" in os.environ:  # which has the variables of the process that started it
    os.environ["MASKWRIGHT_VAR"] = _SCRATCH.name
os.environ.setdefault("MASKWRIGHT_VAR", _SCRATCH.name)


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def _test_database() -> dict[str, Any]:
    """PostgreSQL on this machine where it answers, else SQLite; MASKWRIGHT_TEST_DATABASE=sqlite|postgres decides."""
    wish = os.environ.get("MASKWRIGHT_TEST_DATABASE", "auto")
    if wish == "postgres" or (wish == "auto" and _answers("127.0.0.1", 5432)):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": os.environ.get("PGUSER", "postgres"),
            "PASSWORD": os.environ.get("PGPASSWORD", ""),
            "HOST": "127.0.0.1",
            "PORT": "5432",
            "TEST": {"NAME": f"test_maskwright_{os.getpid()}"},
        }
    from annotator.settings import SQLITE_OPTIONS

    path = str(Path(_SCRATCH.name) / "tests.sqlite3")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": SQLITE_OPTIONS,
        "TEST": {"NAME": path},
    }


def pytest_configure(config: pytest.Config) -> None:
    """Point Django at the test database and a scratch folder before anything connects."""
    from django.conf import settings
    from django.db import connections

    scratch = Path(_SCRATCH.name)
    settings.MASKWRIGHT_VAR = scratch
    database = settings.DATABASES["default"]
    chosen = _test_database()
    # In place: Django has read the defaults into this dictionary already.
    database.update({"OPTIONS": {}, **chosen, "TEST": {**database.get("TEST", {}), **chosen["TEST"]}})
    # Loading the apps may have made a connection object (not a connection) after the old settings.
    if hasattr(vars(connections)["_connections"], "default"):
        del connections["default"]
    settings.CELERY_BROKER_URL = "memory://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    settings.STORAGES["blobs"]["OPTIONS"]["location"] = str(scratch / "blobs")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]


def pytest_report_header(config: pytest.Config) -> str:
    """Say which database the tests run on."""
    from django.db import connection

    return f"database: {connection.vendor}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Throw the scratch folder away."""
    _SCRATCH.cleanup()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: those with slow tests, then by number of tests.

    Processes that share the tests take them file by file; one that took a slow file last would work on alone.
    """
    files = list(dict.fromkeys(item.path for item in items))
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    tests = Counter(item.path for item in items)
    files.sort(key=lambda file: (file not in slow, -tests[file]))
    place = {file: at for at, file in enumerate(files)}
    items.sort(key=lambda item: place[item.path])


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real photos beside the checkout (or MASKWRIGHT_DATA); skips when there is none."""
    folder = Path(os.environ.get("MASKWRIGHT_DATA", REPO.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"No test photos in {folder}; set MASKWRIGHT_DATA to a folder that has them.")
    return folder

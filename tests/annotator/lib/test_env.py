"""Settings from the environment: a value that makes no sense stops the start with a sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from annotator.lib.env import env_bool, env_buckets, env_folders, env_int, env_list, env_path, env_secret

REPO = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("raw", "value"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False), ("  ", True)]
)
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, raw: str, value: bool) -> None:
    monkeypatch.setenv("X", raw)
    assert env_bool("X", True) is value


def test_folders_are_whole_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "/data/in, ~/sets")
    assert env_folders("X") == ["/data/in", str(Path("~/sets").expanduser())]
    monkeypatch.setenv("X", "data")
    with pytest.raises(ImproperlyConfigured, match="X names 'data'; write whole paths"):
        env_folders("X")


def test_places_in_buckets_are_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "s3://open/sets/, s3://other")
    assert env_buckets("X") == ["s3://open/sets", "s3://other"]
    for raw in ("open", "s3://", "https://open/sets", "s3://open//sets", "s3://open/../other"):
        monkeypatch.setenv("X", raw)
        with pytest.raises(ImproperlyConfigured, match="write s3://bucket or s3://bucket/folder"):
            env_buckets("X")


def test_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="X is 'maybe'; write 1 or 0"):
        env_bool("X", True)


@pytest.mark.parametrize(("raw", "said"), [("many", "write a whole number"), ("0", "at least 1"), ("9", "at most 5")])
def test_numbers_have_bounds(monkeypatch: pytest.MonkeyPatch, raw: str, said: str) -> None:
    monkeypatch.setenv("X", raw)
    with pytest.raises(ImproperlyConfigured, match=said):
        env_int("X", 2, minimum=1, maximum=5)


def test_lists_and_paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", " a, b ,,c")
    assert env_list("X", []) == ["a", "b", "c"]
    monkeypatch.setenv("X", "~/here")
    assert env_path("X", tmp_path) == Path.home() / "here"


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    home = tmp_path / "new" / "secret"
    first = env_secret("UNSET_SECRET", home)
    assert env_secret("UNSET_SECRET", home) == first
    assert len(first) >= 50
    assert stat.S_IMODE(home.stat().st_mode) == 0o600


def test_a_short_secret_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", "password")
    with pytest.raises(ImproperlyConfigured, match="has 8 characters"):
        env_secret("X", tmp_path / "secret")


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="none can be kept in"):
        env_secret("UNSET_SECRET", tmp_path / "file" / "secret")


@pytest.mark.parametrize(
    ("name", "value"),
    [("MASKWRIGHT_DEBUG", "perhaps"), ("MASKWRIGHT_WORKER_THREADS", "0"), ("DATABASE_URL", "nonsense")],
)
def test_the_server_refuses_to_start_with_a_bad_setting_in_a_sentence(name: str, value: str, tmp_path: Path) -> None:
    env = os.environ | {"MASKWRIGHT_VAR": str(tmp_path), name: value}
    done = subprocess.run(
        [sys.executable, "-m", "annotator", "check"], cwd=REPO, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert name in sentence


def test_a_server_set_up_for_https_passes_the_deployment_check(tmp_path: Path) -> None:
    env = os.environ | {
        "MASKWRIGHT_VAR": str(tmp_path), "MASKWRIGHT_HTTPS": "1", "MASKWRIGHT_ALLOWED_HOSTS": "masks.example.org",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=REPO, env=env, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("asked", [False, True])
def test_https_binds_neither_subdomains_nor_browsers_lists_unless_asked(asked: bool, tmp_path: Path) -> None:
    env = os.environ | {"MASKWRIGHT_VAR": str(tmp_path), "MASKWRIGHT_HTTPS": "1"}
    if asked:
        env |= {"MASKWRIGHT_HSTS_SUBDOMAINS": "1", "MASKWRIGHT_HSTS_PRELOAD": "1"}
    answer = (
        "from django.test import Client; "
        "print(Client().get('/static/css/tokens.css', secure=True)['Strict-Transport-Security'])"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", answer],
        cwd=REPO, env=env | {"MASKWRIGHT_ALLOWED_HOSTS": "testserver"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ("includeSubDomains" in done.stdout, "preload" in done.stdout) == (asked, asked)
    assert "max-age=31536000" in done.stdout


_WITHOUT = """
import importlib.util
there = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == {module!r} else there(name, *rest)
import annotator.settings
"""


@pytest.mark.parametrize(
    ("module", "name", "value", "extra"),
    [
        ("psycopg", "DATABASE_URL", "postgres://masks@127.0.0.1/masks", "team"),
        ("redis", "MASKWRIGHT_BROKER_URL", "redis://127.0.0.1/0", "team"),
        ("storages", "MASKWRIGHT_BLOB_BACKEND", "storages.backends.s3.S3Storage", "s3"),
    ],
)
def test_a_missing_extra_stops_the_start_with_the_command(
    tmp_path: Path, module: str, name: str, value: str, extra: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(module=module)], cwd=REPO, capture_output=True, text=True, check=False,
        env=os.environ | {"MASKWRIGHT_VAR": str(tmp_path), name: value},
    )  # fmt: skip
    assert done.returncode == 1
    assert f"{name} needs packages that are not installed here: pip install 'maskwright[{extra}]'" in done.stderr

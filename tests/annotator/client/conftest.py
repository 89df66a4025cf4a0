"""A person with a server, a key and a command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from annotator.accounts.services import issue_token
from annotator.runs.models import Run
from maskwright import Client, cli, doing, doing_asked
from tests.annotator.world import World

Do = Callable[..., tuple[int, str, str]]


@pytest.fixture
def key(live_server: LiveServer, world: World) -> str:
    """Alice's key."""
    return issue_token(world.alice, "laptop")[1]


@pytest.fixture
def client(live_server: LiveServer, world: World, key: str, work_off: Callable[[], list[Run]], home: Path) -> Client:
    """Alice's client; while it waits, a worker works."""
    return Client(live_server.url, key, pause=lambda _: [work_off(), None][1])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's home without anything in it."""
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name in ("MASKWRIGHT_SERVER", "MASKWRIGHT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def do(client: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Do:
    """Types a command; gives exit code, output and errors."""
    for words in (doing, doing_asked):
        monkeypatch.setattr(words, "Client", lambda *who: client)

    def run(*words: object) -> tuple[int, str, str]:
        code = cli.main([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run

"""A real worker process: the filesystem queue, a kill -9 in the middle of an embedding, Redis, and RabbitMQ."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[3]
PATIENCE = 60.0

# A worker whose encoder stops for as long as a file called "hold" lies in its folder, so that it can be killed in
# the middle of an embedding and nowhere else.
_SITE = """
import os, time
from pathlib import Path

def install():
    from annotator.inference import lending
    real = lending.load
    def load(version, purpose):
        folder = Path(os.environ["MASKWRIGHT_VAR"])
        (folder / "encoding").touch()
        while (folder / "hold").exists():
            time.sleep(0.05)
        return real(version, purpose)
    lending.load = load
"""
_START = "import django; django.setup(); import held; held.install(); from annotator.celery import app; " + (
    "app.worker_main(['worker', '--loglevel=INFO', '--without-gossip', '--without-mingle'])"
)
_SEED = """
import django; django.setup()
from pathlib import Path
from django.core.management import call_command
call_command("migrate", verbosity=0)
from annotator.accounts.models import User
from annotator.inference import services
from annotator.projects.ingest import ingest_bytes
from annotator.projects.services import create_project
version = services.add_package(Path(PACKAGE))
owner = User.objects.create(username="alice")
project = create_project(owner, name="Cats", model_version=version)
for number, data in enumerate(PICTURES):
    ingest_bytes(project, owner, f"{number}.png", bytes.fromhex(data))
"""


class Machine:
    """A folder, its database, and the worker processes started on it."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        (folder / "held.py").write_text(_SITE)
        self.env = os.environ | {
            "MASKWRIGHT_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "annotator.settings",
            "PYTHONPATH": f"{REPO}{os.pathsep}{folder}", "MASKWRIGHT_RUN_LEASE_SECONDS": "2",
            "MASKWRIGHT_RUN_SWEEP_SECONDS": "1", "MASKWRIGHT_RUN_RESEND_SECONDS": "2",
            "DATABASE_URL": f"sqlite:///{folder / 'maskwright.sqlite3'}", **env,
        }  # fmt: skip

    def python(self, code: str) -> None:
        subprocess.run([sys.executable, "-c", code], cwd=REPO, env=self.env, check=True, timeout=PATIENCE)

    def start_worker(self) -> subprocess.Popen[bytes]:
        log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
        worker = subprocess.Popen(
            [sys.executable, "-c", _START], cwd=REPO, env=self.env, stdout=log, stderr=subprocess.STDOUT
        )
        self.workers.append(worker)
        return worker

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self.folder / 'maskwright.sqlite3'}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Look until it is so; a worker that died by itself ends the wait."""
        end = time.monotonic() + PATIENCE
        while not done():
            logs = "\n".join(path.read_text(errors="replace")[-3000:] for path in self.folder.glob("worker-*.log"))
            assert time.monotonic() < end, f"{what} did not happen.\n{self.rows('select * from runs_run')}\n{logs}"
            assert self.workers[-1].poll() is None, f"The worker ended by itself.\n{logs}"
            time.sleep(0.05)

    def stop(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Callable[..., Machine]]:
    made: list[Machine] = []

    def make(**env: str) -> Machine:
        folder = tmp_path / f"machine-{len(made)}"
        folder.mkdir()
        made.append(Machine(folder, **env))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def seed(machine: Machine, pictures: int) -> None:
    from tests.annotator.inference.conftest import make_package
    from tests.annotator.world import picture

    package = make_package(machine.folder / "package")
    data = json.dumps([picture((40, 30), seed=number).hex() for number in range(pictures)])
    machine.python(f"PACKAGE = {str(package)!r}\nPICTURES = {data}\n{_SEED}")


def finished(machine: Machine, count: int) -> bool:
    (row,) = machine.rows("select count(*) from runs_run where state = 'succeeded'")
    return row[0] == count


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_an_embedding_is_replaced_by_the_next(
    machine: Callable[..., Machine],
) -> None:
    laptop = machine()
    (laptop.folder / "hold").touch()
    seed(laptop, 2)
    worker = laptop.start_worker()
    laptop.until((laptop.folder / "encoding").exists, "An embedding began")
    worker.kill()
    worker.wait()
    states = {row[0] for row in laptop.rows("select state from runs_run")}
    assert "running" in states
    (laptop.folder / "hold").unlink()
    laptop.start_worker()
    laptop.until(lambda: finished(laptop, 2), "Both embeddings")
    assert laptop.rows("select count(*) from inference_embedding") == [(2,)]
    assert max(row[0] for row in laptop.rows("select attempts from runs_run")) == 2


@pytest.mark.slow
def test_a_run_whose_message_was_lost_is_sent_again_by_the_worker_itself(machine: Callable[..., Machine]) -> None:
    laptop = machine()
    seed(laptop, 1)
    for message in (laptop.folder / "queue" / "messages").iterdir():
        message.unlink()
    laptop.start_worker()
    laptop.until(lambda: finished(laptop, 1), "The embedding")


@pytest.mark.slow
def test_redis_carries_the_messages(machine: Callable[..., Machine], request: pytest.FixtureRequest) -> None:
    try:
        socket.create_connection(("127.0.0.1", 6379), timeout=1).close()
    except OSError:
        pytest.skip("No Redis on 127.0.0.1:6379; start one to test the team's queue.")
    # Names of their own in a shared Redis.
    prefix = f"maskwright-test-{uuid.uuid4().hex[:8]}:"
    team = machine(MASKWRIGHT_BROKER_URL="redis://127.0.0.1:6379/9", MASKWRIGHT_QUEUE_PREFIX=prefix)
    request.addfinalizer(lambda: _forget(prefix))
    seed(team, 3)
    assert [row[0] is not None for row in team.rows("select sent from runs_run")] == [True] * 3
    team.start_worker()
    team.until(lambda: finished(team, 3), "Three embeddings")
    assert {row[0] for row in team.rows("select attempts from runs_run")} == {1}


@pytest.fixture
def rabbitmq() -> Iterator[str]:
    """The address of a RabbitMQ without queues of these names, which are taken away again."""
    from kombu import Connection, Queue

    url, ours = "amqp://guest:guest@127.0.0.1:5672//", ("default", "gpu")
    try:
        socket.create_connection(("127.0.0.1", 5672), timeout=1).close()
    except OSError:
        pytest.skip("No RabbitMQ on 127.0.0.1:5672; start one to test it as the team's queue.")
    with Connection(url) as line:
        if any(_there(line, name) for name in ours):
            pytest.skip("Somebody's queues are in this RabbitMQ already; they are left alone.")
    yield url
    with Connection(url) as line:
        for name in ours:
            Queue(name, channel=line.channel()).delete()


def _there(line: Any, name: str) -> bool:
    try:
        line.channel().queue_declare(name, passive=True)
    except line.channel_errors:
        return False
    return True


@pytest.mark.slow
def test_rabbitmq_carries_the_messages(rabbitmq: str, machine: Callable[..., Machine]) -> None:
    team = machine(MASKWRIGHT_BROKER_URL=rabbitmq)
    seed(team, 3)
    assert [row[0] is not None for row in team.rows("select sent from runs_run")] == [True] * 3
    team.start_worker()
    team.until(lambda: finished(team, 3), "Three embeddings")
    assert {row[0] for row in team.rows("select attempts from runs_run")} == {1}


def _forget(prefix: str) -> None:
    from redis import Redis

    store = Redis("127.0.0.1", 6379, 9)
    for key in store.scan_iter(f"{prefix}*"):
        store.delete(key)

"""An installation as it runs for a team: gunicorn's processes and a worker, on a database of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 240.0


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """Web processes and workers under `folder`. `processes` web processes share one address."""

    def __init__(self, folder: Path, env: Mapping[str, str], processes: int = 1) -> None:
        self.folder, self.processes, self.port = folder, processes, free_port()
        self.env = os.environ | {"DJANGO_SETTINGS_MODULE": "annotator.settings", "MASKWRIGHT_VAR": str(folder)} | env
        self.web: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def manage(self, *words: str) -> str:
        """Run a command of Django's and return what it prints."""
        return self._python("-m", "annotator", *words)

    def seed(self, people: int, images: int, few: int = 0) -> dict[str, Any]:
        """Make the database with people and a project; returns what `tests.bench.team.seed` prints."""
        made: dict[str, Any] = json.loads(
            self._python("-m", "tests.bench.team.seed", str(people), str(images), str(few)).splitlines()[-1]
        )
        return made

    def _python(self, *words: str) -> str:
        done = subprocess.run([sys.executable, *words], cwd=ROOT, env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def start_web(self) -> None:
        """Start the web processes as `deploy/` does, and wait until they answer."""
        self.web = self._start(
            "web", "gunicorn", "annotator.wsgi:application", "--config", "python:annotator.launch.hooks",
            "--bind", f"127.0.0.1:{self.port}", "--worker-class", "annotator.launch.patient.Worker",
            "--workers", str(self.processes), "--threads", "24", "--timeout", "120", "--graceful-timeout", "2",
            "--log-level", "warning", "--no-control-socket",
        )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).close()
            except OSError:
                if time.monotonic() > end or self.web.poll() is not None:
                    raise RuntimeError((self.folder / "log" / "web.log").read_text()[-3000:]) from None
                time.sleep(0.05)
            else:
                return

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start one worker more."""
        self.workers.append(
            self._start("worker", "celery", "-A", "annotator", "worker", "--pool", "solo", "--loglevel", "WARNING")
        )
        return self.workers[-1]

    def _start(self, log: str, *words: str) -> subprocess.Popen[bytes]:
        (self.folder / "log").mkdir(parents=True, exist_ok=True)
        with (self.folder / "log" / f"{log}.log").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", *words], cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def kill_web(self) -> None:
        """End all web processes at once, without a word."""
        if self.web is not None:
            _end(self.web, signal.SIGKILL)
            self.web = None

    def kill_workers(self) -> None:
        """End all workers at once, without a word."""
        for worker in self.workers:
            _end(worker, signal.SIGKILL)
        self.workers.clear()

    def stop(self) -> None:
        """End everything."""
        self.kill_web()
        self.kill_workers()

    def seconds_of_web(self) -> float:
        """Processor seconds that the web processes have taken so far."""
        assert self.web is not None
        return sum(_seconds(pid) for pid in _family(self.web.pid))

    def memory_of_web(self) -> float:
        """Megabytes of memory that the largest web process takes now."""
        assert self.web is not None
        return max(_megabytes(pid) for pid in _family(self.web.pid))

    def memory_of_workers(self) -> float:
        """Megabytes of memory that the largest worker process takes now."""
        return max(_megabytes(pid) for worker in self.workers for pid in _family(worker.pid))


def _end(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, how)
    process.wait()


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _megabytes(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The settings of an empty database: "sqlite", or "postgresql" on this machine, which is dropped at the end."""
    if kind == "sqlite":
        yield {"DATABASE_URL": ""}
        return
    import psycopg

    name = f"bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(host="127.0.0.1", user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": f"postgres://postgres@127.0.0.1:5432/{name}"}
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

"""An installation with a database server and a broker of its own, which can be killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.team.installation import Installation, free_port

PATIENCE_SECONDS = 60.0
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))


def until(so: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Look until it is so; False when it did not become so in time."""
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Postgres:
    """A server of PostgreSQL in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.bin = BINARIES[-1].parent
        folder.mkdir()
        # It refuses to run as root.
        self.user: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        if self.user:
            subprocess.run(["chown", "postgres:postgres", str(folder)], check=True)
        self._run("initdb", "-D", str(folder), "-U", "postgres", "-A", "trust")

    def _run(self, name: str, *words: str) -> None:
        subprocess.run([str(self.bin / name), *words], check=True, capture_output=True, cwd="/", **self.user)

    @property
    def url(self) -> str:
        """Its address, as `DATABASE_URL` has it."""
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        self._run("pg_ctl", "-D", str(self.folder), "-o", options, "-l", str(self.folder / "log"), "-w", "start")

    def demand_log(self) -> None:
        """Have it begin new files of its log, for which there must be room; it ends itself where there is none."""
        with contextlib.suppress(Exception):  # whatever it says: it may be gone in the middle of the answer
            for _ in range(8):
                self.ask("SELECT pg_switch_wal(), pg_logical_emit_message(false, 'fault', 'x')")

    def ensure(self) -> None:
        """Start it again if it has ended itself; waits until it takes connections."""

        def answers() -> bool:
            try:
                self.ask("SELECT 1")
            except Exception:
                return False
            return True

        if not until(answers, 5.0):
            with contextlib.suppress(subprocess.CalledProcessError):
                self.start()
            if not until(answers):
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])

    def stop(self, how: str) -> None:
        """Stop it: `fast`, or `immediate`, which is a crash that recovers at the next start."""
        self._run("pg_ctl", "-D", str(self.folder), "-m", how, "-w", "stop")

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as line:
            return line.execute(query, values).fetchall()

    def cut(self) -> int:
        """End all connections; returns how many there were."""
        return len(
            self.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        )


class Broker:
    """A Redis that forgets everything when it dies."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as `MASKWRIGHT_BROKER_URL` has it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        words = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if not until(self._answers):
            raise RuntimeError("The broker does not start.")

    def _answers(self) -> bool:
        from redis import Redis
        from redis.exceptions import RedisError

        try:
            return bool(Redis("127.0.0.1", self.port).ping())
        except RedisError:
            return False

    def kill(self) -> None:
        """End it without a word."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


class Site(Installation):
    """An installation whose storage fails as it is told, with short leases."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        quick = {
            "MASKWRIGHT_BLOB_BACKEND": "tests.bench.faults.storage.Faulty", "MASKWRIGHT_RUN_LEASE_SECONDS": "3",
            "MASKWRIGHT_RUN_SWEEP_SECONDS": "1", "MASKWRIGHT_RUN_RESEND_SECONDS": "3",
            "MASKWRIGHT_HEAVY_PER_HOUR": "0", "MASKWRIGHT_QUICK_PER_MINUTE": "0", "MASKWRIGHT_RUN_MAX_ATTEMPTS": "4",
        }  # fmt: skip
        super().__init__(folder, quick | dict(env))
        self.restarts = 0
        self._tended = threading.Lock()
        self._over = threading.Event()

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker as `deploy/` does."""
        with self._tended:
            self.workers.append(self._start("worker", "celery", "-A", "annotator", "worker", "--loglevel", "WARNING"))
            return self.workers[-1]

    @contextmanager
    def another_clock(self, skew: float) -> Iterator[None]:
        """Meanwhile, run another worker whose clock is wrong by so many seconds; it ends as it does at a restart."""
        self.env["MASKWRIGHT_BENCH_SKEW"] = str(skew)
        try:
            with self._tended:
                other = self._start("skewed", "celery", "-A", "annotator", "worker", "--loglevel", "WARNING")
        finally:
            del self.env["MASKWRIGHT_BENCH_SKEW"]
        try:
            yield
        finally:
            other.terminate()
            other.wait(PATIENCE_SECONDS)

    def kill_workers(self) -> None:
        """End all workers at once, without a word; nobody starts them again."""
        with self._tended:
            super().kill_workers()

    def tend(self) -> None:
        """Start workers that ended by themselves again after two seconds, as systemd and compose do in `deploy/`."""
        threading.Thread(target=self._tend, name="tend", daemon=True).start()

    def _tend(self) -> None:
        while not self._over.wait(2.0):
            with self._tended:
                ended = [worker for worker in self.workers if worker.poll() is not None]
                self.workers = [worker for worker in self.workers if worker not in ended]
            for _ in ended:
                self.restarts += 1
                self.start_worker()

    def stop(self) -> None:
        """End everything."""
        self._over.set()
        super().stop()

    def fault(self, do: str, who: str = "all", on: str = "all", after: int = 0, seconds: float = 0.0) -> None:
        """From now on the storage does this (see storage.py), from access number `after` on."""
        (self.folder / "held").unlink(missing_ok=True)
        plan = {"id": uuid.uuid4().hex, "do": do, "who": who, "on": on, "after": after, "seconds": seconds}
        fresh = self.folder / "fault.new"
        fresh.write_text(json.dumps(plan))
        fresh.replace(self.folder / "fault.json")

    def mend(self) -> None:
        """The storage is well again."""
        (self.folder / "fault.json").unlink(missing_ok=True)

    def held(self) -> bool:
        """Whether somebody is held at the storage."""
        return (self.folder / "held").exists()

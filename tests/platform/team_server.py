"""A team's server on this machine: a database and a queue of its own, and what is started on them."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600.0


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Server:
    """A database and a queue of its own, and the processes that use them."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder, self.processes = folder, []
        self.prefix = f"maskwright-deploy-{uuid.uuid4().hex[:8]}:"
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "annotator.settings",
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:5432/{database}",
            "MASKWRIGHT_BROKER_URL": "redis://127.0.0.1:6379/9", "MASKWRIGHT_QUEUE_PREFIX": self.prefix,
            "MASKWRIGHT_VAR": str(folder / "var"), "MASKWRIGHT_STATIC_ROOT": str(folder / "static"),
            "MASKWRIGHT_STATIC_HASHED": "1", "MASKWRIGHT_HTTPS": "1", "MASKWRIGHT_RUN_SWEEP_SECONDS": "1",
            "MASKWRIGHT_ALLOWED_HOSTS": "masks.example.org", "MASKWRIGHT_METRICS_TOKEN": "seen",
            "MASKWRIGHT_WEB_PROCESSES": "3",
        }  # fmt: skip

    def run(self, argv: list[str]) -> str:
        done = subprocess.run(argv, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def queues(self) -> list[Any]:
        """What the workers that are there take from."""
        psycopg = pytest.importorskip("psycopg")
        with psycopg.connect(self.env["DATABASE_URL"]) as rows:
            return [row[0] for row in rows.execute("SELECT queues FROM runs_worker").fetchall()]

    def log(self, number: int) -> str:
        """What the process that was started as number so many, from 0, has said."""
        return (self.folder / f"log-{number}").read_text(errors="replace")

    def start(self, argv: list[str]) -> subprocess.Popen[bytes]:
        log = (self.folder / f"log-{len(self.processes)}").open("wb")
        self.processes.append(subprocess.Popen(argv, cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT))
        return self.processes[-1]

    def until(self, well: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not well():
            logs = "\n".join(path.read_text(errors="replace")[-3000:] for path in self.folder.glob("log-*"))
            assert time.monotonic() < end, logs
            assert all(process.poll() is None for process in self.processes), logs
            time.sleep(0.1)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()


def ask(port: int, path: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""

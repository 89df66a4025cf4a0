"""The facts of this installation as its rows and its machine tell them: one reading for metrics, API and page."""

from __future__ import annotations

import platform
import shutil
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.utils import timezone

from annotator.lib import probes
from annotator.lib.room import places
from annotator.runs import signs
from annotator.runs.choices import Queue, State
from annotator.runs.models import Run, Worker
from annotator.upkeep import records
from annotator.watch import connections

ENDED_WITHIN = timedelta(hours=1)
FAILED_WITHIN = timedelta(days=7)
MOST_FAILED = 50
PACKAGES = ("django", "celery", "onnxruntime", "numpy", "pillow", "torch")


@dataclass(frozen=True)
class Line:
    """A queue: runs that wait in it, seconds that the oldest has waited, runs that are being done, workers."""

    queue: str
    waiting: int = 0
    oldest_seconds: float = 0.0
    running: int = 0
    workers: int = 0


@dataclass(frozen=True)
class Disk:
    """Bytes of a disk that holds this server's data."""

    place: str
    free: int
    total: int

    @property
    def used(self) -> int:
        """Bytes that are taken."""
        return self.total - self.free


@dataclass(frozen=True)
class Facts:
    """All of it, at one moment."""

    at: datetime
    ready: bool
    parts: dict[str, str]
    lines: list[Line]
    workers: list[Worker]
    disks: list[Disk]
    versions: dict[str, str]
    connections: connections.Connections | None = None
    upkeep: list[records.Kept] = field(default_factory=list)
    failed: list[Run] = field(default_factory=list)
    failed_count: int = 0


def lines(workers: Iterable[Worker] | None = None) -> list[Line]:
    """Return the queues and how many of these workers (None: of those alive) take from each, with one query whatever
    waits."""
    now = timezone.now()
    waiting = Count("id", filter=Q(state=State.QUEUED))
    oldest = Min("created", filter=Q(state=State.QUEUED))
    running = Count("id", filter=Q(state=State.RUNNING))
    active = Run.objects.filter(state__in=[State.QUEUED, State.RUNNING]).order_by().values("queue")
    rows: dict[str, Any] = {
        row["queue"]: row for row in active.annotate(waiting=waiting, oldest=oldest, running=running)
    }
    serving = Counter(queue for worker in (signs.alive() if workers is None else workers) for queue in worker.queues)
    found = []
    for queue in Queue.values:
        row = rows.get(queue, {"waiting": 0, "oldest": None, "running": 0})
        age = (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0
        found.append(Line(queue, row["waiting"], max(age, 0.0), row["running"], serving[queue]))
    return found


def ended() -> list[dict[str, Any]]:
    """Return how many runs ended in the last hour: {"kind", "state", "count"}."""
    since = timezone.now() - ENDED_WITHIN
    rows = Run.objects.filter(finished__gt=since).order_by().values("kind", "state")
    return [dict(row) for row in rows.annotate(count=Count("id"))]


def disks() -> list[Disk]:
    """Return the disks under `MASKWRIGHT_VAR` and the blobs; one entry where both lie on the same."""
    seen: dict[int, Disk] = {}
    for place in places():
        if place.exists():
            usage = shutil.disk_usage(place)
            seen.setdefault(place.stat().st_dev, Disk(str(place), usage.free, usage.total))
    return list(seen.values())


def versions() -> dict[str, str]:
    """Return the versions that matter when something is reported."""
    found = {"maskwright": our_version(), "python": platform.python_version(), connection.vendor: _database_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def our_version() -> str:
    """Return Maskwright's version: of the installed wheel, else of the checkout that runs."""
    try:
        return version("maskwright")
    except PackageNotFoundError:
        described = settings.BASE_DIR / "pyproject.toml"
        return str(tomllib.loads(described.read_text())["project"]["version"]) if described.exists() else "unknown"


def _database_version() -> str:
    return ".".join(str(part) for part in connection.get_database_version())


def facts() -> Facts:
    """Read everything once."""
    parts, ready = probes.parts()
    workers = list(signs.alive().order_by("seen"))
    failed = Run.objects.filter(state=State.FAILED, finished__gt=timezone.now() - FAILED_WITHIN)
    return Facts(
        at=timezone.now(),
        ready=ready,
        parts=parts,
        lines=lines(workers),
        workers=workers,
        disks=disks(),
        versions=versions(),
        connections=connections.read(workers=len(workers)),
        upkeep=records.kept(),
        failed=list(
            failed.select_related("project").defer("log", "params", "result").order_by("-finished")[:MOST_FAILED]
        ),
        failed_count=failed.count(),
    )

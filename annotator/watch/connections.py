"""Whether PostgreSQL lets in as many connections as this installation can take: each thread of a web process keeps
one. Where more are wanted than may come in, people are told at busy times that the database does not answer."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from annotator.lib.webthreads import CALLED, THREADS
from annotator.lib.words import counted
from annotator.runs import signs

OTHERS = 20
"""Connections beside those of the web processes: workers, commands, and whoever looks at the database by hand."""
BY_HAND = 10
"""Of these, those that are none of a worker's."""
QUICK_SECONDS = 5
"""A command does not wait longer for a database that is away."""

_ASK = """
SELECT current_setting('max_connections')::int,
       current_setting('superuser_reserved_connections')::int
           + coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int,
       (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
       (SELECT datconnlimit FROM pg_database WHERE datname = current_database()),
       current_user, current_database(), pg_backend_pid()
"""
# What runs as somebody else tells nothing but whose it is and in which database; PostgreSQL's own helpers have no user.
_OPEN = """
SELECT datname = current_database() AND usename = current_user, datname = current_database(), usename = current_user,
       count(*), count(DISTINCT coalesce(host(client_addr), '')) FILTER (WHERE application_name = %s)
FROM pg_stat_activity
WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Limit:
    """How many connections a rule leaves this installation, and how to let in so many that `wanted` are left."""

    left: int
    remedy: str


@dataclass(frozen=True)
class Connections:
    """Connections of this installation: those open now, those that PostgreSQL leaves it, and those that it can take
    at most, by `hosts` machines with web processes and so many workers. Through a pooler, whose own limits are not
    known here, nothing is compared."""

    open: int
    wanted: int
    hosts: int
    workers: int
    limit: Limit
    pooled: bool = False

    @property
    def trouble(self) -> str:
        """What to do where too few may come in, as a sentence; "" where all is well or nothing can be said."""
        if self.pooled or self.limit.left >= self.wanted:
            return ""
        own = settings.WEB_PROCESSES
        web = counted(own * self.hosts, "web process", "web processes")
        where = f" ({own} on each of {self.hosts} machines)" if self.hosts > 1 else ""
        return (
            f"PostgreSQL leaves this installation {counted(max(self.limit.left, 0), 'connection')}, and {web}{where} "
            f"of {THREADS} threads, workers and commands can take {self.wanted}: at busy times people would be told "
            f"that the database does not answer. {self.limit.remedy}, or run fewer web processes."
        )


def read(database: BaseDatabaseWrapper = connection, workers: int | None = None) -> Connections | None:
    """Ask the database, for so many workers (None: those alive); None where it is SQLite, which has no such limit."""
    if database.vendor != "postgresql":
        return None
    with database.cursor() as cursor:
        cursor.execute(_ASK)
        most, reserved, of_role, of_database, role, name, process = cursor.fetchone()
        cursor.execute(_OPEN, [CALLED])
        groups = cursor.fetchall()
    workers = signs.alive().count() if workers is None else workers
    hosts = max(sum(group[4] for group in groups if group[0]), 1)
    wanted = wanted_by(settings.WEB_PROCESSES * hosts, workers)
    ours = sum(group[3] for group in groups if group[0])
    others = sum(group[3] for group in groups) - ours
    here = sum(group[3] for group in groups if group[1]) - ours
    mine = sum(group[3] for group in groups if group[2]) - ours
    need = wanted + reserved + others
    limits = [
        Limit(most - reserved - others, f"Set max_connections in its postgresql.conf to {need} or more and restart it")
    ]
    if of_role >= 0:
        limits.append(Limit(of_role - mine, f"Say ALTER ROLE {role} CONNECTION LIMIT {wanted + mine}"))
    if of_database >= 0:
        limits.append(Limit(of_database - here, f"Say ALTER DATABASE {name} CONNECTION LIMIT {wanted + here}"))
    pooled = database.connection.info.backend_pid != process
    return Connections(ours, wanted, hosts, workers, min(limits, key=lambda one: one.left), pooled)


def wanted_by(processes: int, workers: int) -> int:
    """Return how many connections so many web processes and workers can take at most. A run has one for its work and
    one for its lease, and each worker one for its sweeps."""
    of_workers = workers * (2 * settings.CELERY_WORKER_CONCURRENCY + 1)
    return THREADS * processes + max(OTHERS, of_workers + BY_HAND)


def trouble_told_quickly() -> str:
    """Return the sentence for a command; "" also where the database is away, which others tell better."""
    if connection.vendor != "postgresql":
        return ""
    own = connection.copy()
    own.settings_dict["OPTIONS"] = {"connect_timeout": QUICK_SECONDS} | own.settings_dict.get("OPTIONS", {})
    try:
        found = read(own)
    except Error:
        return ""
    finally:
        own.close()
    return found.trouble if found else ""

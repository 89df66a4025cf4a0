"""Pages and lists of a large project on PostgreSQL: the 95th percentile of many requests, and how many queries each
needs, beside a project of the same database that is a hundred times smaller.

10,000 images with 20 annotations each; MASKWRIGHT_BENCH_IMAGES names another number (100000: two million annotations).
The processor's time, of this process and the database's, says more than the clock where the machine has other work.
The requests run in one process through the whole app, without a network; a database of its own is made on the
PostgreSQL that MASKWRIGHT_BENCH_DATABASE_URL names (on this machine by default), and deleted afterwards.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import Any

from tests.bench.measure import Measure

IMAGES = int(os.environ.get("MASKWRIGHT_BENCH_IMAGES", "10000"))
TIMES_SMALLER = 100
TOLD = (("p95", "p95_ms", "ms"), ("processor", "processor_ms", "ms"), ("queries", "queries", ""))
SERVER = os.environ.get("MASKWRIGHT_BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def measure() -> list[Measure]:
    """Milliseconds and queries of every page, large beside small."""
    small = max(IMAGES // TIMES_SMALLER, 10)
    with tempfile.TemporaryDirectory() as folder, own_database() as url:
        output = subprocess.run(
            [sys.executable, "-m", "tests.bench.page_ways", str(small), str(IMAGES)],
            env=os.environ | {"DATABASE_URL": url, "MASKWRIGHT_VAR": folder}, check=True, stdout=subprocess.PIPE,
            text=True,
        ).stdout  # fmt: skip
    found: dict[str, dict[str, Any]] = json.loads(output.splitlines()[-1])
    beside = f"a project of {small:,} images"
    return [
        Measure(f"{page}: {what}", large[key], unit, beside, found["small"][page][key])
        for page, large in found["large"].items()
        for what, key, unit in TOLD
        if large[key] is not None
    ]  # fmt: skip


@contextmanager
def own_database() -> Any:
    """A database that is there for this benchmark only; its address."""
    import psycopg

    name = f"maskwright_bench_{os.getpid()}"
    with psycopg.connect(SERVER.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield SERVER.rsplit("/", 1)[0] + f"/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

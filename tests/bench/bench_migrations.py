"""An upgrade of a large database from 0.1.0 on PostgreSQL: what each migration takes, and for how long it keeps those
who work from the large tables. MASKWRIGHT_BENCH_OBJECTS says how many objects there are (two million)."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.bench.measure import Measure
from tests.bench.team.installation import ROOT, database

OBJECTS = int(os.environ.get("MASKWRIGHT_BENCH_OBJECTS", "2000000"))
WORTH_TELLING = 1.0
"""Seconds. Migrations that take less, and keep nobody waiting for half of it, are not told."""
GOAL_SECONDS = 60.0
"""What a pause of everybody's work may take: a page sends again for minutes what was not taken."""


def measure() -> list[Measure]:
    """Upgrade, and tell the migrations that took or held anything."""
    with database("postgresql") as env:
        own = os.environ | env | {"DJANGO_SETTINGS_MODULE": "annotator.settings"}
        command = [sys.executable, "-m", "tests.bench.migration_ways", str(OBJECTS)]
        done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
    rows = json.loads(done.stdout.splitlines()[-1])
    print(f"  {len(rows)} migrations, {sum(row['seconds'] for row in rows):.1f} s, {OBJECTS} objects", flush=True)
    found = []
    for row in rows:
        longest = max((seconds for *_, seconds in row["held"]), default=0.0)
        if row["seconds"] < WORTH_TELLING and longest < WORTH_TELLING / 2:
            continue
        held = "; ".join(f"{table}: {means} for {seconds} s" for table, means, seconds in row["held"])
        print(f"  | {row['name']} | {row['seconds']} s | {held or 'nobody waits'} |", flush=True)
        found.append(Measure(row["name"], longest, "s held", "goal", GOAL_SECONDS))
    return found

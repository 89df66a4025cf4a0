"""gunicorn's settings and hooks: `--config python:annotator.launch.hooks`. Processes that share one address share their
meters.

Loaded before any process of the app is forked, and before anything counts: prometheus_client looks for the folder when
it is imported.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

from annotator.lib.env import env_int, env_path, env_str
from annotator.lib.places import default_var
from annotator.lib.webthreads import CALLED

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

# gunicorn's own name for it; `--workers` on its command line goes before this.
workers = env_int("MASKWRIGHT_WEB_PROCESSES", 2, minimum=1)

# Its own words go the way of all others: without secrets, as JSON where logs are.
logger_class = "annotator.launch.told.Logger"

# So that PostgreSQL's own list tells these connections from others (annotator.watch.connections counts machines by it).
os.environ.setdefault("PGAPPNAME", CALLED)

if env_str("MASKWRIGHT_METRICS_TOKEN", ""):
    os.environ.setdefault(FOLDER, str(env_path("MASKWRIGHT_VAR", default_var()) / "metrics"))


def on_starting(server: Any) -> None:
    """Begin with no numbers: those in the folder are of processes that are gone."""
    folder = os.environ.get(FOLDER)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder, mode=0o700)  # noqa: PTH103


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a process that ended has counted, and forget what it held open."""
    if os.environ.get(FOLDER):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

"""Metrics that are rows already: read at each scrape, the same from every web process."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from annotator.lib import probes
from annotator.upkeep import records
from annotator.watch import connections, facts


class Rows(Collector):
    """Queues, workers, ended runs, disks, connections, backups, readiness and version."""

    def collect(self) -> Iterator[Metric]:
        """Yield the families."""
        yield from _queues()
        runs = GaugeMetricFamily(
            "maskwright_runs_ended_last_hour", "Runs that ended in the last hour.", labels=["kind", "state"]
        )
        for row in facts.ended():
            runs.add_metric([row["kind"], row["state"]], row["count"])
        yield runs
        yield from _disks()
        yield from _connections()
        yield from _upkeep()
        well = GaugeMetricFamily("maskwright_ready", "1 where a part of /readyz is well.", labels=["part"])
        for name, said in probes.parts()[0].items():
            well.add_metric([name], said == "ok")
        yield well
        yield InfoMetricFamily("maskwright_build", "Versions.", value=facts.versions())


def _queues() -> Iterator[Metric]:
    told = {
        "waiting": "Runs that wait in a queue.",
        "oldest_seconds": "For how long the oldest of them has.",
        "running": "Runs that are being done.",
        "workers": "Worker processes that take from a queue.",
    }
    lines = facts.lines()
    for name, text in told.items():
        family = GaugeMetricFamily(f"maskwright_queue_{name}", text, labels=["queue"])
        for line in lines:
            family.add_metric([line.queue], getattr(line, name))
        yield family


def _disks() -> Iterator[Metric]:
    free = GaugeMetricFamily("maskwright_disk_free_bytes", "What is free on a disk with data.", labels=["place"])
    total = GaugeMetricFamily("maskwright_disk_total_bytes", "Its size.", labels=["place"])
    for disk in facts.disks():
        free.add_metric([disk.place], disk.free)
        total.add_metric([disk.place], disk.total)
    yield free
    yield total


def _connections() -> Iterator[Metric]:
    """Nothing on SQLite."""
    found = connections.read()
    if found is None:
        return
    yield GaugeMetricFamily("maskwright_database_connections_open", "Connections to PostgreSQL.", value=found.open)
    left, wanted = "What PostgreSQL leaves this installation.", "What it can take at most."
    yield GaugeMetricFamily("maskwright_database_connections_left", left, value=found.limit.left)
    yield GaugeMetricFamily("maskwright_database_connections_wanted", wanted, value=found.wanted)


def _upkeep() -> Iterator[Metric]:
    """The moment is 0 where none ended well, so that an alarm on its age goes off."""
    for one in records.kept():
        name = f"maskwright_{one.kind}_last"
        at = one.succeeded.timestamp() if one.succeeded else 0.0
        text = f"When the last {one.kind} that ended well ended, in seconds since 1970."
        yield GaugeMetricFamily(f"{name}_success_timestamp_seconds", text, value=at)
        yield GaugeMetricFamily(f"{name}_well", f"1 where the last {one.kind} ended well.", value=one.well)

"""The meters of this process: counted where things happen, read by `annotator.watch`.

They are prometheus_client's. Where several web processes share one address, each writes its numbers to a file of a
folder (`PROMETHEUS_MULTIPROC_DIR`, set by `annotator.launch.hooks`), and whoever is asked adds them up.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "maskwright_request_seconds",
    "Requests that were answered, by method, route and status.",
    ["method", "route", "status"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60),
)
STREAMS = Gauge("maskwright_event_streams", "Streams of events that are open.", multiprocess_mode="livesum")
RUNS = Histogram(
    "maskwright_run_seconds",
    "Runs that this process brought to an end, by kind and state.",
    ["kind", "state"],
    buckets=(0.3, 1, 3, 10, 30, 100, 300, 1000, 3600, 14400),
)
TROUBLES = Counter(
    "maskwright_troubles",
    "Times that disk, storage or database kept this process from its work, by code.",
    ["code"],
)

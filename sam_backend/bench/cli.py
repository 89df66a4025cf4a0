"""`python -m sam_backend bench`."""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Registers `bench` with the package's command line."""
    parser = commands.add_parser("bench", help="time decoders and encoders against their baselines")
    parser.add_argument("--json", type=Path, help="where the rows are written")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="for decoders; encoders use the last")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--encoders", nargs="*", default=["mobile_sam", "vit_b"], help="variants; none to skip")
    parser.add_argument("--no-decoders", action="store_true")
    parser.add_argument("--families", nargs="*", default=["sam2.1_tiny", "hq_vit_tiny", "edgetam", "sam3"])
    parser.add_argument("--graphs", type=Path, help="only write the decoder graphs there, for a benchmark in a browser")
    parser.set_defaults(run=_bench)


def _bench(arguments: argparse.Namespace) -> int:
    from sam_backend.bench.decoders import bench_decoders, write_graphs
    from sam_backend.bench.encoders import bench_encoders
    from sam_backend.bench.families import bench_clicks
    from sam_backend.bench.timing import table

    if arguments.graphs is not None:
        write_graphs(arguments.graphs)
        return 0
    rows = [] if arguments.no_decoders else list(bench_decoders(arguments.threads, arguments.repeats))
    rows += bench_clicks(arguments.families, arguments.threads[-1], arguments.repeats)
    few = max(1, arguments.repeats // 5)
    rows += bench_encoders(arguments.encoders, arguments.threads[-1], few)
    print(table(rows))
    if arguments.json is not None:
        machine = {"system": platform.platform(), "cpus": os.cpu_count()}
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps({"machine": machine, "rows": [row.to_dict() for row in rows]}, indent=1))
    return 0

"""A COCO export as a worker makes it, proof included, against a script's `json.dump` with pycocotools and no check;
the same file in again; a large COCO file validated; other formats beside COCO; the Export page with 500 exports.

20,000 objects on 200 pictures of 1024 x 768, in a database of their own; MASKWRIGHT_BENCH_OBJECTS names another number.
Seconds are the processor's, of one process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from tests.bench.measure import Measure

OBJECTS = int(os.environ.get("MASKWRIGHT_BENCH_OBJECTS", "20000"))
JSON_LOAD = "json.load and pycocotools, no check"
OTHERS = ("yolo", "voc", "panoptic", "labelme", "sa1b")


def measure() -> list[Measure]:
    """Time and memory of both ways."""
    with tempfile.TemporaryDirectory() as folder:
        run("make", folder, str(OBJECTS))
        plain, ours = run("plain", folder), run("ours", folder)
        again, page = run("again", folder), run("page", folder)
        read("file", folder, str(OBJECTS))
        scripted, validated = read("plain", folder), read("validate", folder)
        others = {kind: run("ours", folder, kind) for kind in OTHERS}
    assert plain["objects"] == ours["objects"] == again["objects"] == validated["objects"] == OBJECTS
    baseline = "json.dump and pycocotools, no check"
    name = f"COCO export of {OBJECTS:,} objects"
    return [
        Measure(f"{name}, proved", ours["seconds"], "s", baseline, plain["seconds"]),
        Measure(f"{name}: peak memory", ours["peak_mb"], "MB", baseline, plain["peak_mb"]),
        Measure("the same file in again, looked at first", again["seconds"], "s", "out", ours["seconds"]),
        Measure("the same file in again: peak memory", again["peak_mb"], "MB", "out", ours["peak_mb"]),
        Measure("a COCO file validated", validated["seconds"], "s", JSON_LOAD, scripted["seconds"]),
        Measure("a COCO file validated: peak memory", validated["peak_mb"], "MB", JSON_LOAD, scripted["peak_mb"]),
        Measure("Export page and list with 500 exports", page["objects"], "ms", "wanted", 300.0),
        *(
            Measure(f"{kind}: {what}", found[key], unit, "COCO", ours[key])
            for kind, found in others.items()
            for what, key, unit in (("proved", "seconds", "s"), ("peak memory", "peak_mb", "MB"))
        ),
    ]


def run(*arguments: str, ways: str = "export_ways") -> dict[str, Any]:
    """What one way prints."""
    command = [sys.executable, "-m", f"tests.bench.{ways}", *arguments]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(output.splitlines()[-1])
    return result


def read(*arguments: str) -> dict[str, Any]:
    """What one way of reading prints."""
    return run(*arguments, ways="import_ways")

"""A COCO export as a worker makes it, with its proof and without, against a script that reads the same database and
writes the same masks by `json.dump` with pycocotools, and checks nothing; the same file in again; a large COCO file
validated; other formats beside COCO; the Export page with 500 exports.

20,000 objects on 200 pictures of 1024 x 768, in a database of their own; MASKWRIGHT_BENCH_OBJECTS names another number.
MASKWRIGHT_BENCH_ONLY=out leaves it at the export. Seconds are the processor's, all threads of one process together, and
for the export also the clock's: it packs in a thread of its own.
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
ONLY_OUT = os.environ.get("MASKWRIGHT_BENCH_ONLY") == "out"
OTHERS = ("yolo", "voc", "panoptic", "labelme", "sa1b")


def measure() -> list[Measure]:
    """Time and memory of both ways."""
    with tempfile.TemporaryDirectory() as folder:
        run("make", folder, str(OBJECTS))
        plain, ours = run("plain", folder), run("ours", folder)
        found = _out(plain, ours)
        return found if ONLY_OUT else found + _in(run("again", folder), ours) + _others(folder, ours)


def _out(plain: dict[str, Any], ours: dict[str, Any]) -> list[Measure]:
    assert plain["objects"] == ours["objects"] == OBJECTS
    name, script = f"COCO export of {OBJECTS:,} objects", "json.dump and pycocotools, no proof"
    return [
        *(
            Measure(f"{name}, {what}, {how}", ours[key] - less * ours[f"proof_{key}"], "s", script, plain[key])
            for how, key in (("by the clock", "clock"), ("of the processor", "seconds"))
            for what, less in (("proved", 0), ("without its proof", 1))
        ),
        Measure(f"{name}: peak memory", ours["peak_mb"], "MB", script, plain["peak_mb"]),
    ]


def _in(again: dict[str, Any], ours: dict[str, Any]) -> list[Measure]:
    assert again["objects"] == OBJECTS
    return [
        Measure("the same file in again, looked at first", again["seconds"], "s", "out", ours["seconds"]),
        Measure("the same file in again: peak memory", again["peak_mb"], "MB", "out", ours["peak_mb"]),
    ]


def _others(folder: str, coco: dict[str, Any]) -> list[Measure]:
    page = run("page", folder)
    read("file", folder, str(OBJECTS))
    scripted, validated = read("plain", folder), read("validate", folder)
    assert validated["objects"] == OBJECTS
    others = {kind: run("ours", folder, kind) for kind in OTHERS}
    return [
        Measure("a COCO file validated", validated["seconds"], "s", JSON_LOAD, scripted["seconds"]),
        Measure("a COCO file validated: peak memory", validated["peak_mb"], "MB", JSON_LOAD, scripted["peak_mb"]),
        Measure("Export page and list with 500 exports", page["objects"], "ms", "wanted", 300.0),
        *(
            Measure(f"{kind}: {what}", found[key], unit, "COCO", coco[key])
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

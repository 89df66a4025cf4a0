"""The app as gunicorn serves it, and at `/memory` what its process's memory is made of, in MB. Linux with glibc."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from annotator.wsgi import application as app

MB = 1e6


class _Malloc(ctypes.Structure):
    """glibc's struct mallinfo2, of the main heap."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
        )
    ]  # fmt: skip


def memory() -> dict[str, float]:
    """Return what the process takes of the machine, what of malloc's heap is in use and what is free in it, and how
    many objects and blocks Python has."""
    libc = ctypes.CDLL(None)
    libc.mallinfo2.restype = _Malloc
    gc.collect()
    heap = libc.mallinfo2()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "taken": pages * os.sysconf("SC_PAGE_SIZE") / MB,
        "heap in use": heap.uordblks / MB,
        "heap free": heap.fordblks / MB,
        "Python's blocks": sys.getallocatedblocks(),
        "threads": len(os.listdir("/proc/self/task")),  # noqa: PTH208
    }


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer `/memory`; pass on everything else."""
    if environ["PATH_INFO"] != "/memory":
        return app(environ, start_response)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(memory()).encode()]

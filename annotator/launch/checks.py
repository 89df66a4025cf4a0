"""What must be true of the machine before anything is installed or started."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from .console import Problem
from .places import ROOT

HOST = "127.0.0.1"
INSTALL_MEGABYTES = 2000
"""Room for the virtual environment, the browser runtime and the demo; measured at 0.7 GB, with room for downloads."""
RUN_MEGABYTES = 100


def port_number(text: str) -> int:
    """Read a port as a person typed it."""
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Problem(f"PORT must be a number from 1 to 65535, not '{text}'. Try: {run_on(8001)}")
    return int(text)


def run_on(port: int) -> str:
    """Return the command that starts the app on a port: `make run` in a checkout, else the installed one."""
    return f"make run PORT={port}" if (ROOT / "Makefile").exists() else f"maskwright run {port}"


def check_writable(folder: Path) -> None:
    """Refuse a folder that cannot be written, before pip or SQLite fails in it with a traceback."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Problem(
            f"Maskwright cannot write to {folder} ({error.strerror}), where it keeps its data and packages. "
            "Copy the checkout to a folder that you own, and run it there."
        ) from error


def check_disk(folder: Path, megabytes: int) -> None:
    """Refuse to start on a disk that would fill up half way."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise Problem(
            f"There are {free} MB free on the disk of {folder}, and this needs {megabytes} MB. "
            "Free some space, or move the checkout to another disk."
        )


def port_is_free(port: int) -> bool:
    """Say whether a server could listen on the loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":  # as servers do: a connection in TIME_WAIT does not make a port busy
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def check_port(port: int) -> None:
    """Refuse a port that something else listens on, and say who it is and which port would do."""
    if port < 1024 and os.name == "posix" and os.geteuid() != 0:
        raise Problem(f"Port {port} is reserved for the administrator. Pick one above 1023: {run_on(8001)}")
    if port_is_free(port):
        return
    other = next((p for p in range(port + 1, min(port + 100, 65536)) if port_is_free(p)), None)
    advice = f"Stop it, or use another port: {run_on(other)}" if other else "Stop it, or use another port."
    raise Problem(f"Port {port} is already in use{_by_whom(port)}. {advice}")


def _by_whom(port: int) -> str:
    """Name the listener on Linux, where /proc tells; elsewhere, or for another user's process, nothing."""
    inode = _listening_inode(port)
    if inode is None:
        return ""
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if entry.readlink() == Path(f"socket:[{inode}]"):
                name = (entry.parents[1] / "comm").read_text().strip()
                return f" by {name} (process {entry.parents[1].name})"
        except OSError:
            continue
    return ""


def _listening_inode(port: int) -> str | None:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in (line.split() for line in rows):
            if row[3] == "0A" and row[1].endswith(f":{port:04X}"):
                return row[9]
    return None

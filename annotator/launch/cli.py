"""`bootstrap.py COMMAND`: install what the command needs, then become it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from .checks import INSTALL_MEGABYTES, RUN_MEGABYTES, check_disk, check_port, check_writable, port_number
from .console import Problem, complain
from .node import prepare_static
from .packages import RUNTIME, clean_environment, install, venv_python
from .places import ROOT, var_folder, venv_folder
from .runlock import check_not_running

RUN_GROUPS = [RUNTIME, "video"]
TEST_GROUPS = [*RUN_GROUPS, "team", "s3", "watch", "traces", "torch", "dev"]


def run(arguments: list[str]) -> None:
    """Start the app: `make run`."""
    # Logs and locks, like all that Maskwright writes, are for the account that runs it (annotator.lib.private).
    os.umask(0o077)
    port = port_number(os.environ.get("PORT") or "8000")
    check_writable(var_folder())
    check_not_running(var_folder())
    check_port(port)
    check_disk(var_folder(), RUN_MEGABYTES)
    _prepare(RUN_GROUPS, development=False)
    _become("annotator.launch.supervisor", str(port), *arguments)


def test(arguments: list[str]) -> None:
    """Run every check: `make test`."""
    _prepare(TEST_GROUPS, development=True)
    _become("annotator.launch.suite", *arguments)


def lint(arguments: list[str]) -> None:
    """Run the checks that need no running code: `make lint`."""
    _prepare(TEST_GROUPS, development=True)
    _become("annotator.launch.suite", "--only", "lint", *arguments)


def bench(arguments: list[str]) -> None:
    """Run the benchmarks: `make bench`."""
    _prepare(TEST_GROUPS, development=True)
    _become("tests.bench", *arguments)


def setup(arguments: list[str]) -> None:
    """Install all a developer needs and stop: `make setup`."""
    _prepare(TEST_GROUPS, development=True)


def wheel(arguments: list[str]) -> None:
    """Build the wheel that a server installs, in this folder: `make wheel`. Of packages only Node.js may be needed."""
    install([])
    prepare_static()
    _become("pip", "wheel", "--no-deps", "--wheel-dir", str(ROOT), str(ROOT), *arguments)


def schema(arguments: list[str]) -> None:
    """Write the OpenAPI file anew: `make schema`."""
    _prepare(TEST_GROUPS, development=True)
    _become("annotator.launch.drift", "--write")


def format_code(arguments: list[str]) -> None:
    """Lay the code out and mend what can be mended: `make format`."""
    _prepare(TEST_GROUPS, development=True)
    _become("annotator.launch.layout")


def audit(arguments: list[str]) -> None:
    """Ask what is known against the packages we depend on: `make audit`."""
    _prepare(TEST_GROUPS, development=True)
    _become("annotator.launch.audit")


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "run": run,
    "test": test,
    "lint": lint,
    "bench": bench,
    "setup": setup,
    "wheel": wheel,
    "schema": schema,
    "format": format_code,
    "audit": audit,
}


def _prepare(groups: list[str], *, development: bool) -> None:
    check_writable(var_folder())
    check_writable(venv_folder().parent)
    if not venv_python().exists():
        check_disk(venv_folder().parent, INSTALL_MEGABYTES)
    install(groups)
    prepare_static(development=development)


def _become(module: str, *arguments: str) -> None:
    """Replace this process, so that signals from the terminal or from make reach the real one."""
    python = str(venv_python())
    os.chdir(ROOT)
    os.execve(python, [python, "-m", module, *arguments], clean_environment())


def main(arguments: list[str]) -> int:
    """Run one command; every failure that a person can do something about is one sentence on standard error."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        complain(f"Say what to do: one of {', '.join(COMMANDS)}.")
        return 2
    try:
        command(arguments[1:])
    except Problem as problem:
        complain(str(problem))
        return 1
    except KeyboardInterrupt:
        complain("Stopped.")
        return 130
    except OSError as error:
        complain(f"Maskwright could not start: {error.strerror or error} ({error.filename or sys.platform}).")
        return 1
    return 0

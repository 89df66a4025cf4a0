"""Every check there is, the quick ones first: `python -m annotator.launch.suite [--only PART] [...]`.

What follows the options goes to pytest: `make test ARGS="-k rle -x"`.
"""

from __future__ import annotations

import argparse
import os
import random
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from . import chromium, reached
from .checks import HOST
from .console import complain, say
from .layout import BIOME
from .node import STATIC, node_environment
from .places import ROOT

SERVICES = {"PostgreSQL": 5432, "Redis": 6379}
"""Servers that tests use where they answer on this machine, and their ports."""
WORKERS = os.environ.get("MASKWRIGHT_TEST_WORKERS", "2")
"""Processes that share the tests, file by file; each has a database, folders and apps of its own."""
WHERE_IT_MATTERS = "database and not torch and not any_database"
"""Marks of the tests that are repeated on PostgreSQL (tests/annotator/conftest.py gives the first of them)."""


@dataclass(frozen=True)
class Check:
    """One command of the suite."""

    name: str
    part: str
    argv: list[str]
    cwd: Path = ROOT
    env: dict[str, str] = field(default_factory=dict)


IN_CHROMIUM = ["tests/browser", "tests/e2e"]


def python(*arguments: str) -> list[str]:
    """Command line for a module of the virtual environment."""
    return [sys.executable, "-m", *arguments]


def static_checks() -> list[Check]:
    """What needs no running code, or only Django's own; the longest first, because they run two at a time."""
    manage = [sys.executable, "manage.py"]
    return [
        Check("mypy", "lint", python("mypy")),
        Check("layers", "lint", [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]),
        Check("ruff", "lint", python("ruff", "check", ".")),
        Check("ruff format", "lint", python("ruff", "format", "--check", ".")),
        Check("migrations", "lint", [*manage, "makemigrations", "--check", "--dry-run"]),
        Check("schema", "lint", python("annotator.launch.drift")),
        Check("biome", "lint", [BIOME, "ci", "--error-on-warnings", "."]),
        Check("tsc page", "lint", ["node_modules/.bin/tsc", "-p", "tsconfig.json"], STATIC),
        Check("tsc tests", "lint", ["node_modules/.bin/tsc", "-p", "tsconfig.tests.json"], STATIC),
        Check("tsc worker", "lint", ["node_modules/.bin/tsc", "-p", "tsconfig.worker.json"], STATIC),
    ]


def test_checks(arguments: list[str]) -> list[Check]:
    """The test suites; those in a browser come last, because they take longest."""
    database = "MASKWRIGHT_TEST_DATABASE"
    if arguments:
        return [Check("pytest", "unit", python("pytest", *arguments), env={database: "sqlite"})]
    seed = os.environ.get("MASKWRIGHT_TEST_SEED") or str(random.randrange(1_000_000))
    say(f"The tests run in an order of their own: MASKWRIGHT_TEST_SEED={seed} repeats it.")
    # Each process has a core: the threads of PyTorch in two of them would wait for each other.
    alone = {"OMP_NUM_THREADS": "1"} if int(WORKERS) > 1 else {}
    # In the order of tests/conftest.py: xdist's own goes by the number of tests alone.
    shared = ["-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"]
    shuffled = [*shared, "--random-order-bucket=module", f"--random-order-seed={seed}"]
    elsewhere = [f"--ignore={folder}" for folder in IN_CHROMIUM]
    # The floor of what the tests reach stands in pyproject.toml, and is for all of them at once.
    counted = python("slipcover", "--json", "--out", str(reached.FILE), "-m", "pytest")
    whole = Check("pytest", "unit", [*counted, *shuffled, *elsewhere], env={database: "sqlite"} | alone)
    floor = Check("lines reached", "unit", python("annotator.launch.reached"))
    driven = Check("pytest in Chromium", "unit", python("pytest", *IN_CHROMIUM, *shared), env={database: "sqlite"})
    scripts = sorted(str(path) for path in (ROOT / "tests" / "static").rglob("*.test.js"))
    server = python("pytest", "-q", "tests/annotator", "-m", WHERE_IT_MATTERS, *shuffled)
    checks = [Check("node", "unit", ["node", "--test", *scripts])]
    if answers("PostgreSQL") and lets_in():
        checks.append(Check("pytest on PostgreSQL", "unit", server, env={database: "postgres"}))
    return [*checks, whole, floor, driven]


def answers(service: str) -> bool:
    """Say whether a server listens on its port; tell the person when its part of the tests is left out."""
    try:
        socket.create_connection((HOST, SERVICES[service]), timeout=2).close()
    except OSError:
        say(f"No {service} on port {SERVICES[service]} of this machine: its part of the tests is left out.")
        return False
    return True


def lets_in() -> bool:
    """Say whether PostgreSQL lets the tests in under the name that they use (tests/conftest.py)."""
    import psycopg

    user = os.environ.get("PGUSER", "postgres")
    try:
        psycopg.connect(host=HOST, port=SERVICES["PostgreSQL"], user=user, dbname="postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        say(f"PostgreSQL does not let '{user}' in, so its tests are left out. PGUSER and PGPASSWORD say who may.")
        return False
    return True


@dataclass(frozen=True)
class Result:
    """How a check ended, and the seconds it took."""

    name: str
    passed: bool
    seconds: float


def run(check: Check, env: dict[str, str]) -> Result:
    """Run one check with its output on the terminal."""
    say(f"\n── {check.name}")
    return _done(check, env)[0]


def run_together(checks: list[Check], env: dict[str, str]) -> list[Result]:
    """Run checks some at a time; each one's output appears whole, in the order of the list."""
    results = []
    with ThreadPoolExecutor(int(WORKERS)) as lanes:
        for check, ending in [(check, lanes.submit(_done, check, env, subprocess.PIPE)) for check in checks]:
            result, output = ending.result()
            say(f"\n── {check.name}\n{output}".rstrip())
            results.append(result)
    return results


def _done(check: Check, env: dict[str, str], output: int | None = None) -> tuple[Result, str]:
    """Run a check; its output comes back where it is piped."""
    began = time.monotonic()
    ended = subprocess.run(
        check.argv,
        cwd=check.cwd,
        env=env | check.env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output and subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(check.name, ended.returncode == 0, time.monotonic() - began), ended.stdout or ""


def main(arguments: list[str]) -> int:
    """Run the suite; 0 when every check passed."""
    parser = argparse.ArgumentParser(prog="make test ARGS=…")
    parser.add_argument("--only", choices=["lint", "unit"])
    options, rest = parser.parse_known_args(arguments)
    env = node_environment()
    # Without compiled files, each of the processes that the tests start would compile half of the app anew.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    quick = [] if options.only == "unit" or rest else static_checks()
    checks = []
    if options.only != "lint":
        checks = test_checks(rest)
        answers("Redis")
        if browser := chromium.ready() if rest else chromium.obtain():
            env["MASKWRIGHT_CHROMIUM"] = browser
    began = time.monotonic()
    results = [*run_together(quick, env), *(run(check, env) for check in checks)]
    say("")
    for result in results:
        say(f"{'ok    ' if result.passed else 'FAILED'} {result.name} ({result.seconds:.0f} s)")
    say(f"All of it took {(time.monotonic() - began) / 60:.1f} minutes.")
    failed = [result.name for result in results if not result.passed]
    if failed:
        complain(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

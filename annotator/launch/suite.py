"""Every check there is, the quick ones first: `python -m annotator.launch.suite [--only PART] [...]`.

What follows the options goes to pytest: `make test ARGS="-k rle -x"`.
"""
from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from .checks import HOST
from .console import complain, say
from .node import STATIC, node_environment
from .places import ROOT

SERVICES = {"PostgreSQL": 5432, "Redis": 6379}
"""Servers that tests use where they answer on this machine, and their ports."""


@dataclass(frozen=True)
class Check:
    """One command of the suite."""

    name: str
    part: str
    argv: list[str]
    cwd: Path = ROOT
    env: dict[str, str] = field(default_factory=dict)


def python(*arguments: str) -> list[str]:
    """Command line for a module of the virtual environment."""
    return [sys.executable, "-m", *arguments]


def static_checks() -> list[Check]:
    """What needs no running code, or only Django's own."""
    manage = [sys.executable, "manage.py"]
    return [
        Check("ruff", "lint", python("ruff", "check", ".")),
        Check("layers", "lint", [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]),
        Check("mypy", "lint", python("mypy")),
        Check("migrations", "lint", [*manage, "makemigrations", "--check", "--dry-run"]),
        Check("schema", "lint", python("annotator.launch.drift")),
        Check("tsc page", "lint", ["node_modules/.bin/tsc", "-p", "tsconfig.json"], STATIC),
        Check("tsc worker", "lint", ["node_modules/.bin/tsc", "-p", "tsconfig.worker.json"], STATIC),
    ]


def test_checks(arguments: list[str]) -> list[Check]:
    """The test suites; pytest on SQLite comes last, because it is the whole of it."""
    database = "MASKWRIGHT_TEST_DATABASE"
    whole = Check("pytest", "unit", python("pytest", *arguments), env={database: "sqlite"})
    if arguments:
        return [whole]
    scripts = sorted(str(path) for path in (ROOT / "tests" / "static").rglob("*.test.js"))
    server = python("pytest", "-q", "tests/annotator")
    checks = [Check("node", "unit", ["node", "--test", *scripts])]
    if answers("PostgreSQL") and lets_in():
        checks.append(Check("pytest on PostgreSQL", "unit", server, env={database: "postgres"}))
    return [*checks, whole]


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


def run(check: Check, env: dict[str, str]) -> tuple[bool, float]:
    """Run one check with its output on the terminal; returns whether it passed and the seconds it took."""
    say(f"\n── {check.name}")
    began = time.monotonic()
    done = subprocess.run(check.argv, cwd=check.cwd, env=env | check.env, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0, time.monotonic() - began


def main(arguments: list[str]) -> int:
    """Run the suite; 0 when every check passed."""
    parser = argparse.ArgumentParser(prog="make test ARGS=…")
    parser.add_argument("--only", choices=["lint", "unit"])
    options, rest = parser.parse_known_args(arguments)
    env = node_environment() | {"PYTHONDONTWRITEBYTECODE": "1"}
    checks = [] if options.only == "unit" or rest else static_checks()
    if options.only != "lint":
        checks += test_checks(rest)
        answers("Redis")
    results = [(check.name, *run(check, env)) for check in checks]
    say("")
    for name, passed, seconds in results:
        say(f"{'ok    ' if passed else 'FAILED'} {name} ({seconds:.0f} s)")
    failed = [name for name, passed, _ in results if not passed]
    if failed:
        complain(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

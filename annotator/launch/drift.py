"""Holds the committed OpenAPI file against the code: `python -m annotator.launch.drift [--write]`."""
from __future__ import annotations

import difflib
import subprocess
import sys

from .console import complain, say
from .places import ROOT

SCHEMA = ROOT / "annotator" / "openapi.yaml"
SHOWN_LINES = 40


def generated() -> str:
    """Return the schema as the code describes it now.

    Raises:
        SystemExit: the generator failed or warned.
    """
    argv = [sys.executable, "manage.py", "spectacular", "--validate", "--fail-on-warn"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        complain(done.stderr)
        raise SystemExit(1)
    return done.stdout


def main(arguments: list[str]) -> int:
    """Compare, or write with --write."""
    now = generated()
    if "--write" in arguments:
        SCHEMA.write_text(now)
        say(f"Wrote {SCHEMA.relative_to(ROOT)}.")
        return 0
    committed = SCHEMA.read_text() if SCHEMA.exists() else ""
    if now == committed:
        return 0
    changes = difflib.unified_diff(committed.splitlines(), now.splitlines(), "committed", "code", lineterm="", n=1)
    complain("\n".join(list(changes)[:SHOWN_LINES]))
    complain(f"The API differs from {SCHEMA.relative_to(ROOT)}. If that is meant, commit what `make schema` writes.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

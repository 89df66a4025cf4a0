"""Holds the committed OpenAPI file, and the browser's types made of it, against the code.

`python -m annotator.launch.drift [--write]`
"""

from __future__ import annotations

import difflib
import subprocess
import sys
from pathlib import Path

import yaml

from . import browser_types
from .console import complain, say
from .places import ROOT

SCHEMA = ROOT / "annotator" / "openapi.yaml"
TYPES = ROOT / "static" / "app" / "api" / "schema.d.ts"
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
    schema = generated()
    made = {SCHEMA: schema, TYPES: browser_types.generate(yaml.safe_load(schema))}
    if "--write" in arguments:
        for path, text in made.items():
            path.write_text(text, encoding="utf-8")
            say(f"Wrote {path.relative_to(ROOT)}.")
        return 0
    return max([_compared(path, text) for path, text in made.items()])


def _compared(path: Path, now: str) -> int:
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    if now == committed:
        return 0
    changes = difflib.unified_diff(committed.splitlines(), now.splitlines(), "committed", "code", lineterm="", n=1)
    complain("\n".join(list(changes)[:SHOWN_LINES]))
    complain(f"The API differs from {path.relative_to(ROOT)}. If that is meant, commit what `make schema` writes.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Lay the code out and mend what can be mended, Python and JavaScript: `python -m annotator.launch.layout`."""

from __future__ import annotations

import subprocess
import sys

from .node import STATIC, node_environment
from .places import ROOT

BIOME = str(STATIC / "node_modules" / ".bin" / "biome")
"""Linter and formatter of JavaScript, set in biome.json."""


def main() -> int:
    """Run every formatter, also after one has found what it can't mend; 0 when nothing is left to do by hand."""
    env = node_environment()
    commands = [
        [sys.executable, "-m", "ruff", "check", "--fix", "."],
        [sys.executable, "-m", "ruff", "format", "."],
        [BIOME, "check", "--write", "."],
    ]
    return max([subprocess.run(command, cwd=ROOT, env=env, check=False).returncode for command in commands])


if __name__ == "__main__":
    sys.exit(main())

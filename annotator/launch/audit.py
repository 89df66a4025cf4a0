"""Known holes in what we depend on: `make audit`. Asks the advisories of PyPI and npm, so it needs the network.

The auditor has an environment of its own below build/: what it depends on is nothing of ours.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from .console import complain, say
from .node import STATIC, node_environment
from .places import ROOT

AUDITOR = "pip-audit==2.10.1"
PLACE = ROOT / "build" / "audit"


def python_packages(place: Path = PLACE) -> list[str]:
    """Return the command that audits what constraints.txt pins, its auditor installed. `--strict`: a package that
    could not be asked about is not taken for sound."""
    auditor = place / "bin" / "pip-audit"
    if not auditor.exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([place / "bin" / "python", "-m", "pip", "install", "--quiet", AUDITOR], check=True)
    pinned = str(ROOT / "constraints.txt")
    return [
        str(auditor),
        "--requirement",
        pinned,
        "--no-deps",
        "--disable-pip",
        "--strict",
        "--progress-spinner",
        "off",
    ]


def main() -> int:
    """Audit both; 0 when nothing is known against any of them."""
    failed = []
    try:
        checks = {"Python packages": (python_packages(), ROOT), "npm packages": (["npm", "audit"], STATIC)}
    except (OSError, subprocess.CalledProcessError) as error:
        complain(f"The auditor could not be installed: {error}.")
        return 1
    for name, (argv, folder) in checks.items():
        say(f"── {name}")
        if subprocess.run(argv, cwd=folder, env=node_environment(), check=False).returncode:
            failed.append(name)
    if failed:
        complain(f"Known holes, or no answer from the advisories: {' and '.join(failed)}. See above.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

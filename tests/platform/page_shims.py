"""What stands in for a fresh machine's own commands while the administration page's are run: packages, accounts,
systemd. Each is a small script; paths of the page lie below a folder of the test's."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOVED = ("/etc/", "/opt/", "/var/lib/maskwright", "/var/backups", "/usr/local/bin")
"""What the page writes to, which here lies below the test's folder."""
SHIMS = {
    "apt-get": 'mkdir -p "$HERE/etc/caddy" "$HERE/etc/systemd/system" "$HERE/usr/local/bin" "$HERE/var/lib/maskwright"',
    "useradd": 'echo "$@" > "$HERE/useradd"',
    # A virtual environment whose Python is the tests', and whose pip only says what it was asked for.
    "python3": """[ "$1 $2" = "-m venv" ] && mkdir -p "$3/bin" && cd "$3/bin"
printf '#!/bin/sh\\n[ "$1 $2" = "-m pip" ] && echo "$@" >> "%s/pip" && exit\\n' "$HERE" > python
printf 'exec "%s" "$@"\\n' "$PYTHON" >> python
printf '#!/bin/sh\\nexec "%s" -m annotator "$@"\\n' "$PYTHON" > maskwright
chmod +x python maskwright""",
    "runuser": 'shift 3; PGHOST=127.0.0.1 PGUSER=postgres exec "$@"',
    # Settings from the file, as systemd reads it; the command stands behind the last option.
    "systemd-run": """while [ "${1#-}" != "$1" ]; do case "$1" in -p|--uid) shift 2;; *) shift;; esac; done
set -a; . "$HERE/etc/maskwright/env"; set +a
tool="$HERE$1"; shift; cd "$HERE/var/lib/maskwright" && exec "$tool" "$@\"""",
    # A start of the web unit does what its ExecStartPre lines do; the processes themselves are test_deploy.py's.
    "systemctl": """echo "$@" >> "$HERE/systemctl"; verb="$1"
for unit in "$@"; do [ "$unit" = "$verb" ] || [ "${unit#maskwright}" = "$unit" ] || {
  file="$HERE/etc/systemd/system/$unit"; [ -f "$file" ] || file="$file.service"; [ -f "$file" ] || exit 4
  case "$verb $unit" in "enable maskwright-web"|"start maskwright-web"|"restart maskwright-web")
    sed -n 's/^ExecStartPre=//p' "$file" | while read -r line; do
      systemd-run $line < /dev/null || exit 1
    done || exit 1;;
  esac
}; done""",
}


def install(folder: Path, here: Path) -> None:
    """Write them into a folder that comes first in the PATH."""
    folder.mkdir()
    for name, body in SHIMS.items():
        head = f'#!/bin/bash\nHERE="{here}"; PYTHON="{sys.executable}"; export PYTHONPATH="{ROOT}"\n'
        (folder / name).write_text(f"{head}{body}\n")
        (folder / name).chmod(0o755)


def moved(line: str, here: Path, database: str) -> str:
    """Return a command of the page with its paths below the test's folder, and a database of the test's own."""
    line = line.replace("/usr/bin/python3", "python3")
    for place in MOVED:
        line = line.replace(place, f"{here}{place}")
    if line.startswith("runuser"):
        line = line.replace("maskwright", database)
    return line.replace("-o maskwright ", "")

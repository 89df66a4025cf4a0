"""The table of settings in deploy/README.md: names and defaults from the code, meanings as they stand there.

`python -m annotator.launch.settings_table` writes it anew; a test compares it with the code.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

from .places import ROOT

PAGE = ROOT / "deploy" / "README.md"
READ_IN = ("annotator/settings.py", "annotator/launch/patient.py", "annotator/launch/hooks.py")
HEAD = "| Variable | Default | What it is |\n| --- | --- | --- |\n"
_ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", re.MULTILINE)


def settings(root: Path = ROOT) -> dict[str, str]:
    """Return each variable that is read, with its default as the code has it, in the order of the code."""
    found = {}
    for source in READ_IN:
        calls = [node for node in ast.walk(ast.parse((root / source).read_text())) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: call.lineno):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name.startswith("env_") and isinstance(call.args[0], ast.Constant):
                found[str(call.args[0].value)] = ast.unparse(call.args[1]) if len(call.args) > 1 else ""
    return found


def written(page: str, known: dict[str, str]) -> str:
    """Return the page with the table as the code says; a variable that is new has no meaning yet."""
    meanings = {name: meaning for name, _, meaning in _ROW.findall(page)}
    rows = "".join(f"| `{name}` | {_shown(default)} | {meanings.get(name, '')} |\n" for name, default in known.items())
    before, after = page.split(HEAD)
    return before + HEAD + rows + after[after.index("\n\n") + 1 if "\n\n" in after else len(after) :]


def unexplained(page: str) -> list[str]:
    """Return the variables of the table that nobody has explained."""
    return [name for name, _, meaning in _ROW.findall(page) if not meaning.strip()]


def _shown(default: str) -> str:
    plain = default.strip("'\"") if default[:1] in {"'", '"'} else default
    return f"`{plain.replace('|', '∣')}`" if plain not in {"", "[]"} else "none"


def main() -> int:
    """Write the table; 1 while something in it is not explained."""
    page = written(PAGE.read_text(), settings())
    PAGE.write_text(page)
    for name in unexplained(page):
        sys.stderr.write(f"{name} is not explained in {PAGE}.\n")
    return 1 if unexplained(page) else 0


if __name__ == "__main__":
    sys.exit(main())

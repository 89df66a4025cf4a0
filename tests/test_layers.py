"""The browser's layers (Python's are checked by import-linter): an arrow that is not drawn fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).resolve().parent.parent / "static" / "app"
MAY_IMPORT: dict[str, set[str]] = {
    "core": set(),
    "dom": set(),
    "state": {"core"},
    "api": {"core"},
    "view": {"core", "state", "api"},
    "sam": {"core", "state", "api"},
    "sync": {"core", "state", "api"},
    "tools": {"core", "state", "api", "view", "sam", "sync"},
    "ui": {"core", "dom", "state", "api", "view", "sam", "sync", "tools"},
    "pages": {"core", "dom", "api"},
    "main.js": {"core", "dom", "state", "api", "view", "sam", "sync", "tools", "ui"},
}
IMPORT = re.compile(
    r"""^(?:import|export)\s[^;=('"]*?\bfrom\s+["']([^"']+)["']|^import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']""",
    re.MULTILINE,
)
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
MODULES = sorted(path for path in APP.rglob("*.js"))


def layer(path: Path) -> str:
    """The first part below static/app: a folder, or main.js itself."""
    return path.relative_to(APP).parts[0]


def imports(path: Path) -> list[str]:
    """The paths that a module imports, static and dynamic."""
    return [next(filter(None, found)) for found in IMPORT.findall(COMMENT.sub("", path.read_text()))]


def broken_arrows(module: Path) -> Iterator[str]:
    """What a module imports and may not, each as a sentence."""
    own = layer(module)
    if own not in MAY_IMPORT:
        yield f"{own} is no layer; give it a place in the order first"
        return
    for target in imports(module):
        if not target.startswith("."):
            yield f"{module.name} imports '{target}': only relative paths resolve in workers too"
            continue
        found = (module.parent / target).resolve()
        if not found.is_file():
            yield f"{module.name} imports {target}, which does not exist"
        elif layer(found) not in MAY_IMPORT[own] | {own}:
            yield f"{module.relative_to(APP)}: {own} may not import {layer(found)} ({target})"


def test_modules_import_only_the_layers_below_them() -> None:
    assert MODULES
    assert [sentence for module in MODULES for sentence in broken_arrows(module)] == []


def test_no_module_hides_an_import_in_a_type() -> None:
    """The hashing storage would take an inline import type in a comment for a real import, and fail."""
    hidden = re.compile(r"(?:/\*\*|^\s*\*).*\bimport\(['\"]", re.MULTILINE)
    assert [str(module.relative_to(APP)) for module in MODULES if hidden.search(module.read_text())] == []


def test_type_errors_are_not_switched_off() -> None:
    text = {path: path.read_text() for path in MODULES}
    assert not [path.name for path, code in text.items() if "@ts-ignore" in code or "@ts-nocheck" in code]
    expected = sum(code.count("@ts-expect-error") for code in text.values())
    lines = sum(code.count("\n") for code in text.values())
    assert expected <= max(1, lines // 1000), f"{expected} expected type errors in {lines} lines; 1 per 1,000 may be"

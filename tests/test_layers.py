"""The browser's layers (Python's are checked by import-linter): an arrow that is not drawn fails here."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "static" / "app"
MAY_IMPORT = {
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
    return [next(filter(None, found)) for found in IMPORT.findall(COMMENT.sub("", path.read_text()))]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_module_imports_only_the_layers_below_it(module: Path) -> None:
    own = layer(module)
    assert own in MAY_IMPORT, f"{own} is no layer; give it a place in the order first"
    for target in imports(module):
        assert target.startswith("."), f"{module.name} imports '{target}': only relative paths resolve in workers too"
        found = (module.parent / target).resolve()
        assert found.is_file(), f"{module.name} imports {target}, which does not exist"
        assert layer(found) == own or layer(found) in MAY_IMPORT[own], f"{own} may not import {layer(found)}: {target}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_module_hides_no_import_in_a_type(module: Path) -> None:
    """The hashing storage would take an inline import type in a comment for a real import, and fail."""
    assert not re.search(r"(?:/\*\*|^\s*\*).*\bimport\(['\"]", module.read_text(), re.MULTILINE)


def test_type_errors_are_not_switched_off() -> None:
    text = {path: path.read_text() for path in MODULES}
    assert not [path.name for path, code in text.items() if "@ts-ignore" in code or "@ts-nocheck" in code]
    expected = sum(code.count("@ts-expect-error") for code in text.values())
    lines = sum(code.count("\n") for code in text.values())
    assert expected <= max(1, lines // 1000), f"{expected} expected type errors in {lines} lines; 1 per 1,000 may be"

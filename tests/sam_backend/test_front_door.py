"""Inside a library nobody goes in by its front door: such an import would pass every layer contract."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("library", ["sam_backend", "export"])
def test_modules_import_each_other_and_not_the_whole_package(library: str) -> None:
    through_the_door = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path in sorted((ROOT / library).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if uses_front_door(node, library)
    ]
    assert not through_the_door


def uses_front_door(node: ast.AST, library: str) -> bool:
    """Whether an import takes a name of the package itself, not one of its modules."""
    if isinstance(node, ast.Import):
        return any(alias.name == library for alias in node.names)
    if not isinstance(node, ast.ImportFrom) or node.level or node.module != library:
        return False
    modules = {path.stem for path in (ROOT / library).iterdir() if path.suffix == ".py" or path.is_dir()}
    return any(alias.name not in modules for alias in node.names)

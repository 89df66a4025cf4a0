"""The first file that runs, under whatever Python a machine has."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / "annotator" / "launch" / "bootstrap.py"
PRETEND = """
import runpy, sys
sys.version_info = {version}
sys.argv = ["bootstrap.py", "run"]
runpy.run_path({path!r}, run_name="__main__")
"""
NEWER_THAN_PYTHON_2 = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.AsyncFunctionDef, ast.Nonlocal, ast.Starred)


def run_as(version: tuple[int, int, int]) -> subprocess.CompletedProcess[str]:
    code = PRETEND.format(version=version, path=str(BOOTSTRAP))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_an_old_python_is_refused_with_a_sentence() -> None:
    for version in [(2, 7, 18), (3, 8, 1), (3, 10, 14)]:
        done = run_as(version)
        assert done.returncode == 1
        assert "needs Python 3.11 or newer" in done.stderr
        assert ".".join(map(str, version)) in done.stderr
        assert "Traceback" not in done.stderr


def test_an_old_python_can_parse_the_file() -> None:
    """A syntax error would come before the sentence."""
    tree = ast.parse(BOOTSTRAP.read_text())
    assert not [node for node in ast.walk(tree) if isinstance(node, NEWER_THAN_PYTHON_2)]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [f.name for f in functions if f.returns or any(a.annotation for a in f.args.args) or f.args.kwonlyargs]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"]


def test_make_without_any_python_says_so() -> None:
    done = subprocess.run(
        ["make", "run", "PYTHON=no-such-python"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr
    assert "no-such-python" in done.stderr


def test_an_unknown_command_lists_the_known_ones() -> None:
    done = subprocess.run([sys.executable, str(BOOTSTRAP), "fly"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "run, test" in done.stderr

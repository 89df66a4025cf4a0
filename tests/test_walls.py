"""The walls between the server's apps hold: import-linter's contracts refuse wrong arrows and modules without a place,
and no arrow hides where the contracts could not see it."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVER = ROOT / "annotator"
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = [contract for contract in LINTER["contracts"] if contract["type"] == "layers"]
ORDER = "the apps stand in this order; an app knows only those below it"
# The launcher runs before Django is there, and looks for what it may import.
SOURCES = [path for path in sorted(SERVER.rglob("*.py")) if not {"migrations", "launch"} & set(path.parts)]
APPS = {path.parent.name for path in SERVER.glob("*/apps.py")}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with every module of the server, all of them empty, and the contracts that they stand under."""
    for path in SERVER.rglob("*.py"):
        room = tmp_path / path.relative_to(ROOT)
        room.parent.mkdir(parents=True, exist_ok=True)
        room.touch()
    contracts = [contract for contract in LAYERS if contract["containers"][0].startswith("annotator")]
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_packages = ["annotator"]\n'
        + "".join("\n[[tool.importlinter.contracts]]\n" + _toml(contract) for contract in contracts)
    )
    return tmp_path


def _toml(values: dict[str, Any]) -> str:
    """Strings, lists of strings and booleans are written in TOML as in JSON."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def broken(house: Path) -> set[str]:
    """The names of the contracts that the house breaks."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=house, env=os.environ | {"PYTHONPATH": str(house)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = [line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN")]
    assert done.returncode == bool(said), done.stdout + done.stderr
    return set(said)


def test_the_house_as_it_is_drawn_stands(house: Path) -> None:
    assert broken(house) == set()


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("accounts/access.py", "from annotator.projects.models import Project", ORDER),
        ("runs/enqueue.py", "from annotator.projects import ingest", ORDER),
        ("projects/queries.py", "def f():\n    from annotator.annotations.models import Annotation", ORDER),
        ("datasets/runner.py", "import annotator.evaluations.measure", ORDER),
        ("reviews/models.py", "import annotator.datasets.models", ORDER),
        ("annotations/editing.py", "import annotator.reviews.following", ORDER),
        ("reviews/choices.py", "import annotator.reviews.models", "inside reviews"),
        ("lib/errors.py", "import annotator.accounts.models", ORDER),
        ("newcomer/__init__.py", "from annotator.web import page", ORDER),
        ("newcomer/models.py", "", ORDER),
        ("newcomer.py", "", ORDER),
        ("runs/models.py", "import annotator.runs.queries", "inside runs"),
        ("runs/worker.py", "import annotator.runs.enqueue", "inside runs"),
        ("projects/newcomer.py", "", "inside projects"),
        ("suggestions/carry/chain.py", "import annotator.suggestions.search.generate", "inside suggestions"),
        ("suggestions/decide/newcomer.py", "", "inside suggestions.decide"),
    ],
)
def test_a_wrong_arrow_or_a_room_without_a_place_breaks_its_contract(
    house: Path, room: str, line: str, contract: str
) -> None:
    path = house / "annotator" / room
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(line)
    assert contract in broken(house)


def test_every_app_has_an_order_of_its_own_and_all_orders_are_exhaustive() -> None:
    ordered = {contract["containers"][0] for contract in LAYERS if contract["exhaustive"]}
    assert {f"annotator.{app}" for app in APPS} | {"annotator"} <= ordered


def _app_of(module: str | None) -> str | None:
    parts = (module or "").split(".")
    return parts[1] if parts[0] == "annotator" and len(parts) > 1 and parts[1] in APPS else None


def _names(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text()))


def _lazy_imports(path: Path) -> Iterator[str]:
    """The modules of the server that are imported inside functions."""
    for function in _names(path):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom):
                    yield f"{node.module}"
                elif isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)


def test_no_module_is_found_by_name() -> None:
    """A model or module looked up by its name is an arrow that nobody sees. Registered runners are of the own app."""
    for path in SOURCES:
        for node in _names(path):
            name = getattr(node, "attr", None) or getattr(node, "id", None)
            assert name not in {"get_model", "import_module", "__import__"}, f"{path.relative_to(ROOT)}: {name}"
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and (app := _app_of(node.value)):
                assert app in path.parts or path.parent == SERVER, f"{path.relative_to(ROOT)} names {node.value}"


def test_nothing_is_imported_lazily_across_apps() -> None:
    """Only where an app announces itself to those below (`AppConfig.ready`), as nothing may be imported earlier."""
    for path in SOURCES:
        if path.name == "apps.py" or "launch" in path.parts:
            continue
        crossing = [
            name for name in _lazy_imports(path) if _app_of(name) not in {None, path.relative_to(SERVER).parts[0]}
        ]
        assert not crossing or path.name == "apps.py", f"{path.relative_to(ROOT)} imports {crossing} inside a function"


def test_who_may_see_a_row_is_asked_where_the_row_is_at_home() -> None:
    """`get_X_for` stands in the queries of X's app; accounts has the generic door only."""
    homes = {
        path.relative_to(SERVER)
        for path in SOURCES
        for node in _names(path)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("get_") and node.name.endswith("_for")
    }
    assert homes - {Path("accounts/access.py")} == {home for home in homes if home.name == "queries.py"}
    access = ast.parse((SERVER / "accounts" / "access.py").read_text())
    assert {node.name for node in access.body if isinstance(node, ast.FunctionDef) and "_for" in node.name} == {
        "get_for"
    }


@pytest.mark.parametrize("app", sorted(APPS))
def test_the_readme_of_an_app_names_its_rooms_and_none_that_is_not_there(app: str) -> None:
    text = (SERVER / app / "README.md").read_text()
    rooms = {path.name for path in (SERVER / app).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    said = {name.rstrip("/").split("/")[0] for name in re.findall(r"`([a-z_]+(?:\.py|/(?:[a-z_]+\.py)?))`", text)}
    assert rooms - said <= {"__init__.py", "apps.py", "migrations"}
    assert not [name for name in said if not next(SERVER.rglob(name), None)]

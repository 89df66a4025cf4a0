"""A wheel is built, installed in an empty environment and used from another folder: nothing of the checkout is needed.

The environment sees the dependencies of this one through a `.pth` file, so that the test needs no network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from annotator.accounts.services import issue_token
from tests.annotator.world import make_world, picture

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("annotator", "sam_backend", "export", "maskwright", "static", "templates")
NOT_COPIED = shutil.ignore_patterns("node_modules", "__pycache__", "*.pyc")

CLICK = """
import numpy as np
from skimage import data
import sam_backend
from sam_backend import Predictor, compact_package_path, load_package
assert {site!r} in sam_backend.__file__, sam_backend.__file__
predictor = Predictor(load_package(compact_package_path()), threads=2)
predictor.set_image(data.chelsea())
mask = predictor.predict(points=[(220, 120)], labels=[1]).mask()
assert mask.shape == (300, 451) and mask[120, 220] and 1000 < mask.sum() < 0.8 * mask.size
"""
VISIT = """
import re
import django
django.setup()
import annotator
from django.test import Client
assert {site!r} in annotator.__file__, annotator.__file__
browser = Client(SERVER_NAME="localhost")
page = browser.get("/signin/")
assert page.status_code == 200
assert b'name="username"' in page.content
for path in sorted(set(re.findall(r'(?:href|src)="(/static/[^"#?]+)', page.content.decode()))):
    assert browser.get(path).status_code == 200, path
answer = browser.get("/static/app/main.js")
assert answer.status_code == 200 and answer["Content-Type"].startswith("text/javascript")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that no leftover of an earlier build can help."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=NOT_COPIED)
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, source / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(out), str(source))
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment that holds the wheel."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    pip("--python", str(home / "bin" / "python"), "install", "--no-deps", "--no-index", str(wheel))
    (site,) = (home / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


def pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def python(home: Path, folder: Path, *words: str, code: int = 0, **more: str) -> str:
    """Run the environment's Python in `folder`; returns what it said."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MASKWRIGHT", "DJANGO"))
    }
    env = kept | {"MASKWRIGHT_VAR": str(folder / "var"), "DJANGO_SETTINGS_MODULE": "annotator.settings"} | more
    command = [str(home / "bin" / "python"), *words]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def examples(readme: Path, count: int) -> str:
    found = re.findall(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) >= count
    return "\n".join(found[:count])


def test_a_click_on_a_photo_gives_a_mask(installed: Path, tmp_path: Path) -> None:
    python(installed, tmp_path, "-c", CLICK.format(site=str(installed)))


@pytest.mark.parametrize(("library", "count", "said"), [("sam_backend", 2, "of 64"), ("export", 1, "'annotations': 1")])
def test_the_examples_of_the_readme_run(installed: Path, tmp_path: Path, library: Any, count: int, said: Any) -> None:
    assert said in python(installed, tmp_path, "-c", examples(ROOT / library / "README.md", count))


@pytest.mark.parametrize(
    ("words", "said"),
    [(["sam_backend", "--help"], "evaluate"), (["export", "formats"], "coco"), (["annotator"], "maskwright run")],
)
def test_each_package_has_a_command_line(installed: Path, tmp_path: Path, words: Any, said: Any) -> None:
    assert said in python(installed, tmp_path, "-m", *words)


def test_the_app_finds_its_data_base_pages_and_scripts(installed: Path, tmp_path: Path) -> None:
    python(installed, tmp_path, "-m", "annotator", "check", "--fail-level", "WARNING")
    python(installed, tmp_path, "-m", "annotator", "migrate", "--verbosity", "0")
    python(installed, tmp_path, "-c", VISIT.format(site=str(installed)))


@pytest.mark.django_db(transaction=True)
def test_the_installed_client_works_with_a_server(installed: Path, tmp_path: Path, live_server: LiveServer) -> None:
    key = issue_token(make_world().alice, "laptop")[1]
    who = {"MASKWRIGHT_SERVER": live_server.url, "MASKWRIGHT_TOKEN": key}
    assert "Cats" in python(installed, tmp_path, "-m", "maskwright", "projects", **who)
    (tmp_path / "a.png").write_bytes(picture((24, 16), seed=3))
    words = ("-m", "maskwright", "upload", "Cats", "a.png")
    assert "1 uploaded, 0 there already" in python(installed, tmp_path, *words, **who)
    assert "0 uploaded, 1 there already" in python(installed, tmp_path, *words, **who)
    script = (
        f"import maskwright; assert {str(installed)!r} in maskwright.__file__; print(maskwright.Client().me()['name'])"
    )
    assert python(installed, tmp_path, "-c", script, **who).strip() == "Alice"


def test_static_files_are_collected_from_the_package(installed: Path, tmp_path: Path) -> None:
    said = python(installed, tmp_path, "-m", "annotator", "collectstatic", "--noinput", "--verbosity", "1")
    assert re.search(r"[1-9]\d+ static files copied", said)
    assert (tmp_path / "var" / "static" / "app" / "main.js").is_file()


def test_the_package_carries_what_it_reads(wheel: Path) -> None:
    import zipfile

    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for folder in ("sam_backend/compact", "sam_backend/training")
        for path in (ROOT / folder).iterdir()
        if path.is_file()
    }
    wanted |= {"annotator/openapi.yaml", "sam_backend/py.typed", "export/py.typed"}
    assert wanted <= packed
    templates = {path.relative_to(ROOT).as_posix() for path in (ROOT / "templates").rglob("*.html")}
    assert {f"annotator/assets/{path}" for path in templates} <= packed
    assert not [path for path in packed if "node_modules" in path or path.startswith("tests/")]
    if (ROOT / "static" / "vendor" / "ort").is_dir():
        assert any(path.startswith("annotator/assets/static/vendor/ort/") and path.endswith(".wasm") for path in packed)

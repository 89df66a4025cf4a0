"""Node.js and the browser's one runtime dependency, copied into static/vendor/."""

from __future__ import annotations

import os
import shutil
import subprocess

from .console import Problem, run_logged
from .packages import clean_environment, install, install_problem
from .places import ROOT, digest, read_stamp, var_folder, venv_folder, write_stamp

OLDEST = 22
"""The one major version that is tested; `engines` in static/package.json and the extra `node` name the same."""
STATIC = ROOT / "static"


def node_environment() -> dict[str, str]:
    """Environment in which `node` and `npm` are found, installing them into the virtual environment if need be.

    Raises:
        Problem: there is no Node.js and it could not be installed.
    """
    env = clean_environment()
    if _usable(env):
        return env
    env["PATH"] = f"{venv_folder() / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    if _usable(env):
        return env
    try:
        install(["node"])
    except Problem as error:
        raise Problem(
            f"Node.js {OLDEST} or newer is needed once, to fetch the browser's part, and none is on this machine; "
            f"installing it from a Python package did not work either. {error}"
        ) from error
    if not _usable(env):
        raise Problem(f"Node.js {OLDEST} or newer is needed, and the one that was installed does not start here.")
    return env


def _usable(env: dict[str, str]) -> bool:
    node = shutil.which("node", path=env.get("PATH", ""))
    if node is None or shutil.which("npm", path=env.get("PATH", "")) is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, env=env, check=False)
    major = answer.stdout.strip().removeprefix("v").split(".")[0]
    return answer.returncode == 0 and major.isdigit() and int(major) >= OLDEST


def prepare_static(*, development: bool = False) -> None:
    """Install static/package-lock.json and copy what the browser loads into static/vendor/; instant when done.

    Raises:
        Problem: no Node.js, no network, or a copy that failed.
    """
    modules, vendor = STATIC / "node_modules" / ".maskwright.json", STATIC / "vendor" / ".maskwright.json"
    lock = digest([STATIC / "package.json", STATIC / "package-lock.json"])
    copies = digest([STATIC / "vendor.mjs", STATIC / "icons.json", STATIC / "app" / "core" / "commands.js"], lock)
    known = read_stamp(modules)
    fetched = known.get("key") == lock and (known.get("development") is True or not development)
    copied = read_stamp(vendor).get("key") == copies
    if copied and (fetched or not development):
        return
    env = node_environment()
    if not fetched:
        _npm(["npm", "ci", "--no-audit", "--no-fund", *([] if development else ["--omit=dev"])], env)
        write_stamp(modules, key=lock, development=development)
    if not copied:
        _copy(env)
        write_stamp(vendor, key=copies)


def _npm(argv: list[str], env: dict[str, str]) -> None:
    log = var_folder() / "log" / "npm.log"
    if run_logged("Installing browser packages", argv, log, cwd=STATIC, env=env) != 0:
        raise Problem(install_problem("the browser packages", log))


def _copy(env: dict[str, str]) -> None:
    done = subprocess.run(["node", "vendor.mjs"], cwd=STATIC, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Problem(f"Copying the browser's runtime into static/vendor failed: {done.stderr.strip()[-400:]}")

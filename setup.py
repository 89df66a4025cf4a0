"""What pyproject.toml cannot say: a wheel carries `templates/` and `static/`, which lie outside every package.

They go into `annotator/assets/`, where `annotator.lib.places` finds them. The browser's runtime (`static/vendor/`)
comes from npm and is no part of the source: a wheel carries it where `make setup` has put it there before.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
FOLDERS = ("templates", "static/app", "static/css", "static/img", "static/vendor")
RUNTIME = "static/vendor/ort"


class BuildWithAssets(build_py):
    """Copies the assets after the modules; an earlier build's are removed, so that nothing stale is packed."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:  # the checkout itself is what runs
            return
        target = Path(self.build_lib) / "annotator" / "assets"
        shutil.rmtree(target, ignore_errors=True)
        for folder in FOLDERS:
            if (ROOT / folder).is_dir():
                shutil.copytree(ROOT / folder, target / folder)
        if not (ROOT / RUNTIME).is_dir():
            self.warn(
                f"{RUNTIME} is missing, so this package answers no clicks in the browser. Run `make setup` (or "
                "`npm ci` and `node vendor.mjs` in static/) and build it again."
            )


setup(cmdclass={"build_py": BuildWithAssets})

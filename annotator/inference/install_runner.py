"""Run "install_model": a published checkpoint by name, or an uploaded file, becomes a model version, or two."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from annotator.inference import library
from annotator.inference.convert import Description
from annotator.lib import storage
from annotator.lib.errors import ApiError
from annotator.projects.blobs import collect_unused
from annotator.runs.choices import Queue
from annotator.runs.runner import Context, RunFailed, Runner

HOPELESS = ("bad_model_file", "bad_package", "licence")
"""What trying the same file again cannot change: it is not kept. After a full disk, say, it is."""


class InstallModelRunner(Runner):
    """Fetch, convert, compare, store."""

    kind = "install_model"
    queue = Queue.GPU

    def run(self, context: Context) -> dict[str, Any]:
        """Return {"model_version", "name"}: the first version that was made, and the names of all."""
        try:
            added = self._install(context)
        except ApiError as error:
            raise RunFailed(error.message) from error
        ready = "is installed. Projects can use it now." if len(added.versions) == 1 else "are installed."
        context.progress(1.0, f"{added.name} {ready} {added.lacking}".strip())
        return {"model_version": str(added.versions[0].pk), "name": added.name}

    def _install(self, context: Context) -> library.Added:
        params = context.run.params
        if "published" in params:
            return library.Added((library.pull(params["published"], context.progress),))
        try:
            with library.scratch() as folder:
                path = folder / params["filename"]
                self._fetch(params["blob"], path)
                made = library.add(
                    path, Description(**params["about"]), context.progress, accepted=params.get("accepted", False)
                )
        except ApiError as error:
            if error.code in HOPELESS:
                collect_unused({params["blob"]})
            raise
        collect_unused({params["blob"]})
        return made

    def _fetch(self, sha256: str, path: Path) -> None:
        try:
            with storage.open_blob(sha256) as source, path.open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)
        except FileNotFoundError:
            raise RunFailed("The uploaded file is not there any more. Upload it again.") from None

"""The imports app."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "annotator.imports"
    label = "imports"

    def ready(self) -> None:
        """Tell the runs and the projects what this app does for them."""
        from annotator.imports import blobs
        from annotator.lib.holdings import add_source
        from annotator.projects import extensions
        from annotator.runs import registry

        registry.register("list_import", "annotator.imports.runner.ListRunner")
        registry.register("check_import", "annotator.imports.runner.CheckRunner")
        registry.register("import", "annotator.imports.runner.ImportRunner")
        registry.register("undo_import", "annotator.imports.runner.UndoRunner")
        add_source(blobs.held)
        extensions.add_keeper(blobs.needed_blobs)
        extensions.add_owner(blobs.blobs_of)

"""The datasets app."""

from __future__ import annotations

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    name = "annotator.datasets"
    label = "datasets"

    def ready(self) -> None:
        """Tell the runs and the projects what this app does for them."""
        from annotator.datasets import blobs, narrowing
        from annotator.lib.holdings import add_source
        from annotator.projects import extensions
        from annotator.runs import registry

        registry.register("export", "annotator.datasets.runner.ExportRunner")
        registry.register("snapshot", "annotator.datasets.freezing.SnapshotRunner")
        registry.register("measure", "annotator.datasets.measuring.MeasureRunner")
        registry.register("compare", "annotator.datasets.comparing.CompareRunner")
        add_source(blobs.held)
        extensions.add_keeper(blobs.needed_blobs)
        extensions.add_owner(blobs.blobs_of)
        extensions.follow_pictures(blobs.forget_of)
        for name, narrow in narrowing.NARROWINGS.items():
            extensions.add_narrowing(name, narrow)

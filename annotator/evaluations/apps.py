"""The evaluations app."""

from __future__ import annotations

from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "annotator.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        """Tell the runs and the projects what this app does for them."""
        from annotator.evaluations import blobs
        from annotator.lib.holdings import add_source
        from annotator.projects import extensions
        from annotator.runs import registry

        registry.register("evaluate", "annotator.evaluations.runner.EvaluateRunner")
        add_source(blobs.held)
        extensions.add_keeper(blobs.needed_blobs)
        extensions.add_owner(blobs.blobs_of)
        extensions.follow_pictures(blobs.forget_of)

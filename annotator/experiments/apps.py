"""The experiments app."""

from __future__ import annotations

from django.apps import AppConfig


class ExperimentsConfig(AppConfig):
    name = "annotator.experiments"
    label = "experiments"

    def ready(self) -> None:
        """Tell the runs what this app does for them."""
        from annotator.runs import registry

        registry.register("experiment", "annotator.experiments.runner.ExperimentRunner")

"""The tuning app."""

from __future__ import annotations

from django.apps import AppConfig


class TuningConfig(AppConfig):
    name = "annotator.tuning"
    label = "tuning"

    def ready(self) -> None:
        """Tell the runs what this app does, and the models which of them a project would go back to."""
        from annotator.inference.extensions import add_holder
        from annotator.runs import chores, registry
        from annotator.tuning import jobs, rules, services

        registry.register("tune", "annotator.tuning.runner.TuneRunner")
        chores.add_chore(rules.sweep)
        chores.add_chore(jobs.tidy)
        add_holder(services.names_model)

"""The suggestions app."""
from __future__ import annotations

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "annotator.suggestions"
    label = "suggestions"

    def ready(self) -> None:
        """Make the runs of this app known."""
        from annotator.runs.registry import register

        register("automask", "annotator.suggestions.runner.AutomaskRunner")
        register("propagate", "annotator.suggestions.propagation.runner.PropagateRunner")
        register("automask_preview", "annotator.suggestions.previews.PreviewRunner")

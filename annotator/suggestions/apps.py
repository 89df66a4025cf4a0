"""The suggestions app."""

from __future__ import annotations

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "annotator.suggestions"
    label = "suggestions"

    def ready(self) -> None:
        """Make the runs of this app known, tell the models which of them suggestions name, look after the masks."""
        from annotator.inference.extensions import add_holder
        from annotator.lib.holdings import add_check
        from annotator.runs.registry import register
        from annotator.suggestions import queries

        register("automask", "annotator.suggestions.search.runner.AutomaskRunner")
        register("propagate", "annotator.suggestions.carry.runner.PropagateRunner")
        register("boxes", "annotator.suggestions.boxes.runner.BoxesRunner")
        register("words", "annotator.suggestions.words.runner.WordsRunner")
        register("automask_preview", "annotator.suggestions.search.preview_runner.PreviewRunner")
        add_check(queries.unsound)
        add_holder(queries.names_model)

"""The history app."""

from __future__ import annotations

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "annotator.history"
    label = "history"

    def ready(self) -> None:
        """Tell the runs who does this app's."""
        from annotator.history.choices import RESTORE_WORK, UNDO_WORK
        from annotator.runs import registry

        registry.register(UNDO_WORK, "annotator.history.runner.UndoRunner")
        registry.register(RESTORE_WORK, "annotator.history.runner.RestoreRunner")

"""The journal app."""

from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "annotator.journal"
    label = "journal"

    def ready(self) -> None:
        """Hear what happens."""
        from annotator.journal import writing
        from annotator.lib.happenings import follow

        follow(writing.heard)

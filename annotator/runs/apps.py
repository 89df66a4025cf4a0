"""The runs app."""
from __future__ import annotations

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "annotator.runs"
    label = "runs"

    def ready(self) -> None:
        """Connect the sweeper to the worker's start and stop."""
        from annotator.runs import sweeper  # noqa: F401

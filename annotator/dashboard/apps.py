"""The dashboard app."""

from __future__ import annotations

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "annotator.dashboard"
    label = "dashboard"

    def ready(self) -> None:
        """Hear when an image comes further or falls back, and when a label goes into another one."""
        from annotator.dashboard import steps
        from annotator.projects.extensions import follow_moves

        follow_moves(steps.note)
